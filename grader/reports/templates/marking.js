"use strict";
// Marks answers by keyboard or mouse. All that is saved goes to the server that sent this page.
(() => {
  const cards = [...document.querySelectorAll("article")];
  const [left, which, names] = ["left", "which", "names"].map((id) => document.getElementById(id));
  const list = document.getElementById("comments");
  const question = document.querySelector("summary strong").textContent;
  const most = Number(document.body.dataset.points);
  const points = (card) => card.querySelector(".points");
  const comment = (card) => card.querySelector("textarea");
  const open = (card) => card.classList.contains("left");
  const waits = (card) => open(card) && !card.dataset.saving;
  const shown = () => cards.filter((card) => !card.hidden);
  const current = () => document.activeElement.closest("article");
  const address = (card) =>
    `/answer/${encodeURIComponent(question)}/${encodeURIComponent(card.dataset.student)}`;

  const go = (card) => {
    if (!card) return;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = shown();
    const at = all.indexOf(current());
    go(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
  };
  const next = (from) => {
    const all = shown();
    const at = all.indexOf(from);
    go([...all.slice(at + 1), ...all.slice(0, at + 1)].find(waits));
  };
  const say = (card, text, problem = false) => {
    const state = card.querySelector(".state");
    state.textContent = text;
    state.classList.toggle("problem", problem);
  };
  const count = () => {
    const open_ones = cards.filter(open).length;
    left.textContent = `${open_ones} of ${cards.length} left to mark`;
    document.title = document.title.replace(/^\d+/, String(open_ones));
    const used = new Map();
    for (const card of cards) {
      const text = comment(card).dataset.saved ?? comment(card).value;
      if (text.trim()) used.set(text, (used.get(text) ?? 0) + 1);
    }
    const often = [...used].sort((a, b) => b[1] - a[1]).slice(0, 9);
    list.replaceChildren(...often.map(([text, times]) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = times > 1 ? `${text} (${times})` : text;
      button.addEventListener("click", () => { add(last, text); comment(last).focus(); });
      item.append(button);
      return item;
    }));
    list.texts = often.map(([text]) => text);
  };
  let last = cards[0];
  const add = (card, text) => {
    const field = comment(card);
    if (!text || field.value.includes(text)) return;
    field.value = [field.value.trim(), text].filter(Boolean).join("\n");
  };
  const fields = (card) => [points(card), comment(card)];
  const unsaved = (card) => fields(card).some((field) => field.value !== field.dataset.saved);
  // What the server has. What a person has typed since it was sent stays.
  const take = (card, answer, sent) => {
    card.dataset.version = answer.version;
    card.classList.toggle("left", answer.to_mark);
    card.classList.toggle("done", !answer.to_mark);
    card.querySelector(".text").innerHTML = answer.html; // made and cleaned by the server
    const known = [String(answer.score ?? ""), answer.comment];
    fields(card).forEach((field, place) => {
      if (field.value === sent?.[place]) field.value = known[place];
      field.dataset.saved = known[place];
    });
  };
  const elsewhere = (answer) => {
    const score = answer.score === null ? "no points" : `${answer.score} points`;
    return `${answer.problem}. It has ${score} now${answer.comment && `, and: ${answer.comment}`}`;
  };
  const possible = (card) => {
    const given = points(card).value;
    const fits = given !== "" && Number(given) >= 0 && Number(given) <= most;
    if (!fits) say(card, `Give points from 0 to ${most}.`, true);
    return fits;
  };
  // Marks of one save go in one request: the server opens the gradebook once for all of them.
  const save = async (those, [given, said]) => {
    for (const card of those) {
      say(card, "saving …");
      card.dataset.saving = "yes";
      [points(card).value, comment(card).value] = [given, said];
    }
    const lost = await send(those, given, said);
    for (const card of those) delete card.dataset.saving;
    count();
    for (const card of lost) {
      left.textContent += `; ${card.querySelector("h2").firstChild.data.trim()} was not saved`;
    }
  };
  // Returns the cards whose marks were not saved.
  const send = async (those, given, said) => {
    let reply, told;
    try {
      reply = await fetch(`/mark/${encodeURIComponent(question)}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          points: Number(given),
          comment: said,
          versions: Object.fromEntries(those.map(({ dataset }) => [dataset.student, dataset.version])),
        }),
      });
      told = await reply.json();
    } catch {
      told = { problem: "Not saved: grader mark does not answer. Is it still running?" };
    }
    return those.filter((card) => {
      const answer = told.saved?.[card.dataset.student] ?? { problem: told.problem };
      const known = answer.html !== undefined;
      if (known) take(card, answer, answer.problem ? null : [given, said]);
      say(card, answer.problem ? (known ? elsewhere(answer) : answer.problem) : "saved",
        Boolean(answer.problem));
      return answer.problem;
    });
  };
  const typed = (card) => fields(card).map((field) => field.value);
  // The next answer is there at once: what could not be saved says so, and stays to be marked.
  const saveAndNext = (card, also = () => false) => {
    if (!possible(card)) return;
    save(cards.filter((each) => each === card || also(each)), typed(card));
    next(card);
  };
  const saveAll = (card) =>
    saveAndNext(card, (each) => each.dataset.group === card.dataset.group && open(each));

  for (const card of cards) {
    const button = card.querySelector(".save");
    button.addEventListener("click", () => possible(card) && save([card], typed(card)));
    card.querySelector(".similar")?.addEventListener("click", () => saveAll(card));
    card.addEventListener("focusin", () => { last = card; });
    for (const field of fields(card)) field.dataset.saved = field.value;
  }
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      fetch(address(target.closest("article")))
        .then((reply) => reply.json())
        .then((answer) => { target.innerHTML = answer.html; })
        .catch(() => say(target.closest("article"), "Its pictures could not be loaded.", true));
    }
  });
  for (const text of document.querySelectorAll("[data-pictured]")) watcher.observe(text);

  which.addEventListener("change", () => {
    for (const card of cards) card.hidden = which.value === "left" && !open(card);
  });
  names.addEventListener("change", () => {
    for (const who of document.querySelectorAll(".who")) who.hidden = !names.checked;
  });
  document.getElementById("bar").addEventListener("submit", (event) => event.preventDefault());

  document.addEventListener("keydown", (event) => {
    const card = current();
    const field = event.target.matches("textarea, input, select, button, summary, a");
    const writing = event.target.matches("textarea, select");
    if (event.shiftKey && /^Digit[1-9]$/.test(event.code) && card && !writing) {
      add(card, list.texts[Number(event.code.slice(5)) - 1]);
    } else if (event.key === "Escape" && card) {
      card.focus();
    } else if (event.key === "Enter" && card && !event.target.matches("button") &&
               (event.ctrlKey || !writing)) {
      saveAndNext(card);
    } else if (event.altKey || event.ctrlKey || event.metaKey) {
      return;
    } else if (event.target.matches(".points") && /^[jkncs]$/.test(event.key)) {
      keys[event.key](card);
    } else if (field) {
      return;
    } else if (/^[0-9]$/.test(event.key) && card) {
      points(card).value = "";
      points(card).focus();
      return; // the digit goes into the field
    } else if (keys[event.key]) {
      keys[event.key](card);
    } else {
      return;
    }
    event.preventDefault();
  });
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    n: (card) => next(card),
    c: (card) => card && comment(card).focus(),
    s: (card) => card && saveAll(card),
  };
  window.addEventListener("beforeunload", (event) => {
    if (cards.some(unsaved)) event.preventDefault();
  });
  count();
  next(undefined);
})();
