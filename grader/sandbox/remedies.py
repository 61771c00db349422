"""What to do when bubblewrap or the kernel in it does not start."""

from __future__ import annotations

REMEDIES = {  # part of an error message: what to do
    "No permissions to create": "let users make namespaces: "
    "sysctl kernel.unprivileged_userns_clone=1 (and user.max_user_namespaces above 0)",
    "Creating new namespace failed": "let users make namespaces: "
    "sysctl user.max_user_namespaces=10000",
    "setting up uid map": "Ubuntu 23.10 and newer need an AppArmor profile for bubblewrap: put "
    "'abi <abi/4.0>, include <tunables/global> profile bwrap /usr/bin/bwrap flags=(unconfined) "
    "{ userns, }' into /etc/apparmor.d/bwrap, then: systemctl reload apparmor",
    "RTM_NEWADDR": "as above for Ubuntu: give bubblewrap an AppArmor profile with userns",
    "mount proc": "in a container: start it with --security-opt systempaths=unconfined",
    "disable-userns": "install bubblewrap 0.8 or newer, not setuid: apt-get install bubblewrap",
    "unshare:": "root needs CAP_SYS_ADMIN to become nobody here: run as an ordinary user instead",
    "ipykernel": "install the course's packages: make",
}


def remedy(message: str) -> str:
    """What to do about an error message of bubblewrap or of a kernel that did not start."""
    for sign, advice in REMEDIES.items():
        if sign in message:
            return advice
    return "grader doctor tries a sandbox and says more"
