/* What every form shares: the frame of an exercise, saving, hints, practice.

   Stable selectors, for tests (attribute data-mc):
     exercise      the root; also data-item, data-form, data-mode (exercise, practice, preview, mock)
     title points chart question          what is asked
     form          the fieldset or group that holds the controls
     status        the line that says whether the answer is saved; data-state is one of
                   unanswered, saving, waiting, saved, failed, preview, practice
     alert         what went wrong (role=alert), empty otherwise
     live          the polite announcements
     check again show-key feedback        practice only
   choice:     option (label; data-letter), option-input, clear
   codes:      row (data-number), code-input, open-encoder, listbox, hit (data-code), hint, up, down, remove, add
   encounter:  diagnoses (holds what codes has), lines, line (data-number), service-input, modifiers,
               units, pointer (data-letter), line-remove, line-add
   progress:   progress, progress-bar, progress-text, progress-open, progress-practice, practice-text, mastery
*/

const DEBOUNCE = 300;
const PATIENCE = 4000;
let views = 0;

/** An element with attributes and children. `html` takes only what the course's own renderer made. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "html") node.innerHTML = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

let pressed = false;
for (const [event, state] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false]]) {
  document.addEventListener(event, () => { pressed = state; }, true);
}

/** Does what may move the page, but not between the press and the release of a button: the click would miss its target. */
export function settled(act) {
  if (pressed) document.addEventListener("pointerup", () => setTimeout(act, 0), { once: true });
  else act();
}

/** Whether two plain values are the same data. */
export function same(one, other) {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
  }
  return value;
}

/** JupyterLab's one-key commands must not act on keys meant for the form. Saving and the palette still work. */
export function keepKeys(root) {
  root.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "Tab" || event.key === "Escape") return;
    if (command && event.key.toLowerCase() === "s") return;
    if (command && event.shiftKey && !["enter", "z"].includes(event.key.toLowerCase())) return;
    event.stopPropagation();
  });
}

/** Hides the notebook's own copy of an exercise while its live form is there; returns the way back. */
function hideCopy(item) {
  const copy = `.mc-static[data-item="${CSS.escape(item)}"]:not([data-recorded])`; // what a cell of one's own recorded is shown there
  const rule = h("style", { "data-mc-hides": item });
  rule.textContent = `${copy}, .jp-OutputArea-child:has(${copy}) { display: none !important; }`;
  document.head.append(rule);
  return () => rule.remove();
}

const DAY = { day: "numeric", month: "short" };

function clock(at) {
  const then = new Date(at);
  if (Number.isNaN(then.getTime())) return "";
  const time = then.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  return then.toDateString() === new Date().toDateString() ? time : `${then.toLocaleDateString([], DAY)}, ${time}`;
}

function statusText(status) {
  const missing = status.missing ? ` ${status.missing}` : "";
  switch (status.state) {
    case "saved": return `Saved, ${clock(status.at)}, revision ${status.revision}.${missing}`;
    case "unanswered": return "Not answered yet.";
    case "failed": return "Not saved.";
    case "preview": return `Preview: nothing is saved here.${missing}`;
    case "practice": return `Practice, not graded: this answer is kept while the kernel runs.${missing}${status.back ? ` ${status.back}` : ""}`;
    default: return "";
  }
}

const MARKS = { saved: "✓", unanswered: "○", failed: "!", preview: "○", practice: "○", saving: "…", waiting: "…" };

/** The widget of a form. `build(context)` returns {node, read(), write(answer), hints(hints), first()}. */
export function mount(build) {
  return { render: ({ model, el }) => new Exercise(model, el, build).dispose };
}

class Exercise {
  constructor(model, el, build) {
    this.model = model;
    this.item = model.get("item");
    this.uid = `mc-${this.item.id}-${++views}-${Math.random().toString(36).slice(2, 7)}`;
    this.sent = this.acknowledged = this.asked = 0;
    this.timers = {};
    this.replies = new Map();
    this.cleanups = [];
    this.form = build(this.context());
    el.append(this.draw());
    this.given = this.form.read();
    this.form.write(model.get("answer"));
    this.given = this.form.read();
    this.follow();
    this.showStatus();
    this.showFeedback(false);
    this.askHints();
    this.dispose = () => {
      this.flush();
      Object.values(this.timers).forEach(clearTimeout);
      this.cleanups.forEach((cleanup) => cleanup());
    };
  }

  context() {
    return {
      item: this.item,
      uid: this.uid,
      changed: (now) => this.changed(now),
      announce: (text) => this.announce(text),
      search: this.searching(),
      searchIn: (book) => this.searching(book),
      ask: (type, content, then) => this.ask(type, content, then),
      cleanup: (act) => this.cleanups.push(act),
    };
  }

  /** The search of the item's book; with it goes what opens the encoder from a code field. */
  searching(book = this.item.view.book ?? "icd10cm") {
    const search = (text, then) => this.ask("search", { text, book }, then);
    search.encoder = {
      on: this.item.on,
      book,
      ask: (content, then) => this.ask("encoder", { book, ...content }, (message) => then(message.reply)),
    };
    return search;
  }

  draw() {
    const { item } = this;
    const practice = item.mode === "practice";
    this.status = h("p", { class: "mc-status", "data-mc": "status" });
    this.alert = h("div", { class: "mc-alert", role: "alert", "data-mc": "alert", hidden: true });
    this.live = h("div", { class: "mc-hidden", role: "status", "data-mc": "live" });
    this.feedback = h("div", { class: "mc-checked", role: "region", "aria-label": `Feedback on ${item.title}`, tabindex: "-1", "data-mc": "feedback", hidden: true });
    this.again = h("button", { type: "button", "data-mc": "again", hidden: true, onclick: () => this.tryAgain() }, "Hide feedback");
    this.key = h("button", { type: "button", "data-mc": "show-key", hidden: true, onclick: () => this.showKey() }, "Show the key");
    const check = h("button", { type: "button", class: "mc-main", "data-mc": "check", onclick: () => this.check() }, "Check");
    const root = h(
      "section",
      { class: "mc-exercise", "data-mc": "exercise", "data-item": item.id, "data-form": item.form, "data-mode": item.mode, "aria-labelledby": `${this.uid}-title` },
      h("header", { class: "mc-head" },
        h("h4", { id: `${this.uid}-title`, "data-mc": "title" }, item.title),
        h("p", { class: "mc-meta" },
          h("span", { "data-mc": "points" }, item.points),
          item.dated ? h("span", { "data-mc": "on" }, `Codes valid on ${item.on}`) : null,
          item.search ? null : h("span", {}, "Closed book"))),
      item.chart ? h("div", { class: "mc-paper", "data-mc": "chart", html: item.chart }) : null,
      h("div", { class: "mc-question", id: `${this.uid}-question`, "data-mc": "question", html: item.question }),
      this.form.node,
      practice ? h("div", { class: "mc-actions" }, check, this.again, this.key) : null,
      h("footer", { class: "mc-foot" }, this.status, this.alert, this.live),
      practice ? this.feedback : null,
    );
    const chart = root.querySelector(".mc-paper .mc-chart");
    chart?.setAttribute("role", "group");
    chart?.setAttribute("aria-label", `Chart: ${item.title}`);
    keepKeys(root);
    return root;
  }

  follow() {
    const on = (event, act) => {
      this.model.on(event, act);
      this.cleanups.push(() => this.model.off(event, act));
    };
    on("msg:custom", (message) => this.receive(message));
    on("change:status", () => this.showStatus());
    on("change:feedback", () => this.showFeedback(true));
    on("change:answer", () => this.followAnswer());
    const leave = () => this.flush();
    window.addEventListener("pagehide", leave);
    this.cleanups.push(() => window.removeEventListener("pagehide", leave));
    if (this.item.mode === "exercise") this.cleanups.push(hideCopy(this.item.id));
  }

  /** Shows what the kernel holds, unless the page knows something newer. */
  followAnswer() {
    if (this.pending || same(this.form.read(), this.model.get("answer"))) return;
    this.form.write(this.model.get("answer"));
    this.given = this.form.read();
    this.askHints();
  }

  /* Saving: after a pause in typing, or at once. What is shown as saved has been confirmed by the kernel. */

  get pending() {
    return this.timers.send !== undefined || this.sent > this.acknowledged;
  }

  changed(now) {
    if (same(this.form.read(), this.given)) {
      if (now) this.flush();
      else this.askHints(); // the field was cleared of its hint, and the answer is what it was
      return;
    }
    clearTimeout(this.timers.send);
    this.timers.send = setTimeout(() => this.flush(), DEBOUNCE);
    if (now) this.flush();
  }

  flush() {
    clearTimeout(this.timers.send);
    delete this.timers.send;
    const answer = this.form.read();
    if (same(answer, this.given)) return;
    this.given = answer;
    this.sent += 1;
    this.wait();
    if (this.send({ type: "answer", n: this.sent, answer })) this.askHints();
  }

  /** Sends to the kernel; where it is gone (restarted, shut down), says so and that nothing is saved. */
  send(content) {
    try {
      this.model.send({ view: this.uid, ...content });
      return true;
    } catch {
      clearTimeout(this.timers.wait);
      this.sayStatus("failed", "Not saved: the kernel of this form has stopped. Run this cell again; what was saved before is kept.");
      this.announce(this.status.textContent);
      return false;
    }
  }

  wait() {
    if (["exercise", "mock"].includes(this.item.mode)) this.sayStatus("saving", "Saving…");
    clearTimeout(this.timers.wait);
    this.timers.wait = setTimeout(() => {
      if (this.sent > this.acknowledged) {
        this.sayStatus("waiting", "Not saved yet: the kernel is busy or was restarted. If this stays, run this cell again.");
      }
    }, PATIENCE);
  }

  ask(type, content, then) {
    this.asked += 1;
    this.replies.set(this.asked, then);
    this.send({ type, n: this.asked, ...content });
  }

  receive(message) {
    if (!message || message.view !== this.uid) return;
    if (message.type === "answer") {
      this.acknowledged = Math.max(this.acknowledged, message.n);
      this.followAnswer(); // the kernel may have read what was typed as something else
      this.showStatus();
      return;
    }
    const then = this.replies.get(message.n);
    this.replies.delete(message.n);
    if (then) then(message);
  }

  askHints() {
    if (!this.form.hints || !this.item.search || this.item.mode === "mock") return;
    const answer = this.form.read();
    clearTimeout(this.timers.hints);
    this.ask("hints", { answer }, (reply) => {
      if (!same(answer, this.form.read())) return;
      this.form.hints(reply.hints);
      if (reply.preparing) this.timers.hints = setTimeout(() => this.askHints(), 2000);
    });
  }

  /* What is said. */

  announce(text) {
    this.live.textContent = "";
    this.timers.live = setTimeout(() => { this.live.textContent = text; }, 60);
  }

  sayStatus(state, text) {
    this.status.dataset.state = state;
    this.status.replaceChildren(h("span", { "aria-hidden": "true", class: "mc-mark" }, MARKS[state] ?? ""), ` ${text}`);
  }

  showStatus() {
    const status = this.model.get("status");
    if (this.sent > this.acknowledged) return;
    const before = this.spoken;
    this.spoken = status.state;
    this.sayStatus(status.state, statusText(status));
    if (before !== undefined && before !== status.state) this.announce(statusText(status));
    this.alert.hidden = !status.alert;
    if (this.alert.textContent !== status.alert) this.alert.textContent = status.alert;
  }

  /* Practice. */

  check() {
    this.flush();
    this.checking = true;
    this.send({ type: "check", answer: this.form.read() });
  }

  showKey() {
    this.checking = true;
    this.send({ type: "show-key" });
  }

  tryAgain() {
    this.send({ type: "again" });
    this.form.first()?.focus();
    this.announce("Feedback hidden. Your answer is still there.");
  }

  showFeedback(spoken) {
    const text = this.model.get("feedback");
    this.feedback.hidden = this.again.hidden = !text;
    this.feedback.innerHTML = text;
    this.key.hidden = !this.feedback.querySelector("[data-key='kept']");
    if (!text || !spoken) return;
    this.announce(this.feedback.querySelector(".mc-points")?.textContent ?? "Checked.");
    if (this.checking) this.feedback.focus({ preventScroll: false });
    this.checking = false;
  }
}
