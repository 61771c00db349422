"""The faults that need kernels, trainings, an exchange or nodes, and the test that tries each."""

from __future__ import annotations

# What fails: the tests of it, each as a module below tests/ and a function.
ELSEWHERE = {
    "any process of a class is killed": ("test_killed.py::test_killed_at_fifty_moments",),
    "a process of a training is killed": (
        "test_killed.py::test_killed_at_ten_moments_of_a_training",
    ),
    "a process of a cluster is killed": (
        "test_killed.py::test_killed_at_ten_moments_of_a_run_on_a_cluster",
        "cluster/test_killed_worker.py::test_a_class_is_graded_although_a_worker_is_killed",
        "engines/test_cluster.py::test_work_that_ends_its_nodes_fails_alone",
    ),
    "no node, or no scheduler": (
        "engines/test_cluster.py::test_work_fails_where_no_node_is",
        "engines/test_cluster.py::test_work_fails_where_the_scheduler_is_gone",
    ),
    "the driver of a cluster is gone": (
        "engines/test_cluster.py::test_work_ends_when_its_driver_is_gone",
    ),
    "a referee is killed": (
        "test_referee_killed.py::test_a_killed_referee_costs_nobody_a_point",
        "referee/service/test_local.py::"
        "test_a_worker_that_is_killed_is_started_again_and_the_answer_comes",
    ),
    "the store of runs is full": (
        "referee/store/test_interrupted_store.py::"
        "test_a_full_disk_is_the_referees_fault_and_leaves_nothing",
    ),
    "a writer of the store is killed": (
        "referee/store/test_interrupted_store.py::"
        "test_a_writer_killed_at_any_moment_leaves_whole_chains",
    ),
    "an exchange is gone": (
        "watch/test_outbox.py::test_an_exchange_that_vanishes_is_a_line_and_comes_back",
        "watch/test_outbox.py::test_a_page_that_cannot_be_published_is_published_later",
    ),
    "the clock of a service is set back": (
        "watch/test_service.py::test_a_clock_that_is_set_back_stops_nothing",
    ),
    "a gradebook is locked beside a service": (
        "watch/test_service.py::"
        "test_a_gradebook_that_another_process_writes_is_waited_for_and_pages_are_not",
    ),
    "a service is killed": (
        "watch/test_service.py::test_after_a_kill_what_was_left_is_done_and_no_more",
    ),
    "a kernel is gone, or a channel of it": (
        "notebook/judging/test_kernel_session.py::test_a_kernel_that_is_gone_is_not_asked",
        "sandbox/test_client.py::test_no_socket_waits_for_a_kernel_that_was_killed",
    ),
}
