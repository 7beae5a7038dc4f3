import { h, keepKeys } from "./base.js";

/* A mock exam. Selectors: mock (root; data-stage is start, running, paused or report), mock-start, mock-clock, mock-hide, mock-said,
   mock-pause, mock-resume, mock-palette, mock-seat-button (data-seat, data-state), mock-heading, mock-exercise, mock-previous, mock-flag,
   mock-next, mock-handin, mock-confirm, mock-confirmed, mock-back, mock-report, mock-seat (data-seat), mock-alert. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const BEAT = 500;
const FLUSH_AT = SECOND; // what was typed last is sent before the time is up
const SIGNS = { open: "–", begun: "…", answered: "✓" };
const STATE_WORDS = { open: "no answer", begun: "not complete", answered: "answered" };

/** A time as hours, minutes and seconds: 1:02:03, 9:05. */
function digits(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / SECOND));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** "1 minute", "10 minutes". */
function minutesText(milliseconds) {
  const minutes = Math.round(milliseconds / MINUTE);
  return `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
}

/** "3", "3 and 5", "3, 5 and 7". */
function listed(numbers) {
  return numbers.length < 2 ? numbers.join("") : `${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)}`;
}

function seatsText(numbers) {
  return `${numbers.length === 1 ? "seat" : "seats"} ${listed(numbers)}`;
}

class MockExam {
  constructor(model, el) {
    this.model = model;
    this.uid = `mc-mock-${Math.random().toString(36).slice(2, 9)}`;
    this.hiddenClock = false;
    this.turn = 0;
    this.beaten = Date.now();
    this.parts = {};
    this.alert = h("div", { class: "mc-alert", role: "alert", "data-mc": "mock-alert", hidden: true });
    this.said = h("p", { class: "mc-mock-said", role: "status", "data-mc": "mock-said" });
    this.body = h("div", {});
    this.root = h("section", { class: "mc-exercise mc-mock", "data-mc": "mock", "aria-labelledby": `${this.uid}-title` }, this.alert, this.body);
    keepKeys(this.root);
    el.append(this.root);
    const changed = () => this.show(true);
    const heard = (message) => this.receive(message);
    model.on("change:state", changed);
    model.on("msg:custom", heard);
    this.show(false);
    if (this.running || this.stage === "paused") this.send({ type: "tick" }); // this page may be older than the sitting
    this.beat = setInterval(() => this.tick(), BEAT);
    this.dispose = () => {
      clearInterval(this.beat);
      model.off("change:state", changed);
      model.off("msg:custom", heard);
      this.drop();
    };
  }

  get running() { return this.stage === "running"; }

  /** The seat on display, or the one that is on its way. */
  get here() { return this.wanted ?? this.state.current; }

  /** Sends to the kernel; where it is gone, says so. */
  send(content) {
    try {
      this.model.send(content);
      return true;
    } catch {
      this.complain("The kernel of this exam has stopped. Run this cell again to go on; what was saved is kept, and the clock runs on.");
      return false;
    }
  }

  complain(text) {
    this.alert.hidden = !text;
    if (this.alert.textContent !== text) this.alert.textContent = text;
  }

  receive(message) {
    if (message?.type !== "seat") return;
    const reply = message;
    const place = this.body.querySelector(`details[data-seat="${Number(reply.seat)}"] .mc-checked`);
    if (place) place.innerHTML = reply.html; // made and escaped by the course's own renderer
  }

  /* Stages. */

  show(live) {
    const state = this.model.get("state");
    this.state = state;
    this.complain(state.alert);
    if (state.left !== undefined) this.deadline = Date.now() + state.left;
    this.pauseEnd = Date.now() + (state.pause_left ?? 0);
    if (state.left > FLUSH_AT) this.closing = false;
    const turned = this.stage !== state.stage;
    this.stage = this.root.dataset.stage = state.stage;
    if (turned) {
      this.drop();
      this.said.textContent = "";
      this.before = state.left;
      this.wanted = undefined;
      const draw = { start: () => this.drawStart(), running: () => this.drawRunning(), paused: () => this.drawPaused(), report: () => this.drawReport() };
      this.body.replaceChildren(...draw[state.stage]());
    }
    if (this.running) this.seats(live && !turned);
    this.clock();
    if (turned && live) this.parts.focus?.focus({ preventScroll: false });
  }

  title(words) {
    const title = h("h4", { id: `${this.uid}-title`, tabindex: "-1" }, `Mock exam: ${this.state.title}${words}`);
    this.parts.focus = title;
    return h("header", { class: "mc-head" }, title);
  }

  drawStart() {
    const drawn = this.state.html;
    const page = h("div", { class: "mc-mock-page" });
    page.innerHTML = drawn; // made and escaped by the course's own renderer
    const begin = h("button", { type: "button", class: "mc-main", "data-mc": "mock-start", onclick: () => this.send({ type: "start" }) }, "Start the clock");
    return [this.title(""), page, this.state.can_start ? h("div", { class: "mc-actions" }, begin) : h("p", {}, "There is nothing to start yet.")];
  }

  drawPaused() {
    const resume = h("button", { type: "button", class: "mc-main", "data-mc": "mock-resume", onclick: () => this.send({ type: "resume" }) }, "Go on");
    const rest = h("strong", { role: "timer", "data-mc": "mock-pause-left" });
    const left = h("strong", {});
    this.parts = { rest, left };
    const nodes = [
      this.title(", paused"),
      h("p", {}, "The exercise is hidden and the clock stands at ", left, ". It runs on by itself in ", rest, "."),
      h("div", { class: "mc-actions" }, resume),
    ];
    this.parts.focus = resume;
    return nodes;
  }

  drawReport() {
    const drawn = this.state.html;
    const page = h("div", { class: "mc-mock-page mc-progress", "data-mc": "mock-report" });
    page.innerHTML = drawn; // made and escaped by the course's own renderer
    page.querySelectorAll("details[data-seat]").forEach((details) => details.addEventListener("toggle", () => {
      if (details.open && !details.querySelector(".mc-checked").firstChild) this.send({ type: "seat", seat: Number(details.dataset.seat) });
    }));
    this.parts = {};
    const head = this.title(", report");
    return [head, page];
  }

  drawRunning() {
    const { seats, pauses } = this.state;
    const button = (mark, act, ...content) => h("button", { type: "button", "data-mc": mark, onclick: act }, ...content);
    const clock = h("span", { class: "mc-mock-clock", role: "timer", "data-mc": "mock-clock" });
    const hide = button("mock-hide", () => { this.hiddenClock = !this.hiddenClock; this.clock(); });
    const pause = pauses ? button("mock-pause", () => { this.drop(); this.send({ type: "pause" }); }) : null;
    const palette = h("div", { class: "mc-mock-palette", role: "toolbar", "aria-label": "Seats", "data-mc": "mock-palette", onkeydown: (event) => this.walk(event) },
      ...seats.map((_, number) => h("button", { type: "button", tabindex: "-1", "data-mc": "mock-seat-button", "data-seat": number, onclick: () => this.go(number) })));
    const heading = h("h5", { tabindex: "-1", "data-mc": "mock-heading" });
    const host = h("div", { class: "mc-mock-host", "data-mc": "mock-exercise" });
    const previous = button("mock-previous", () => this.go(this.here - 1), "Previous");
    const flag = button("mock-flag", () => this.send({ type: "flag", seat: this.state.current, on: !this.state.seats[this.state.current].flagged }));
    const next = button("mock-next", () => this.go(this.here + 1), "Next");
    const handin = button("mock-handin", () => this.ask(true), "Hand in…");
    const confirm = h("div", { class: "mc-mock-confirm", role: "group", "aria-labelledby": `${this.uid}-confirm`, tabindex: "-1", hidden: true, "data-mc": "mock-confirm",
      onkeydown: (event) => { if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); this.ask(false); } } },
      h("p", { id: `${this.uid}-confirm` }),
      h("div", { class: "mc-actions" },
        button("mock-confirmed", () => { this.drop(); this.send({ type: "handin" }); }, "Hand in now"),
        button("mock-back", () => this.ask(false), "Go on working")));
    const title = this.title("");
    this.parts = { clock, hide, pause, palette, heading, host, previous, flag, next, handin, confirm, focus: heading };
    return [
      title,
      h("div", { class: "mc-actions mc-mock-top" }, clock, hide, pause, this.said),
      palette,
      h("p", { class: "mc-help" }, "✓ answered, … not complete, – no answer, ⚑ flagged. Arrow keys move among the seats, Enter goes to one."),
      heading, host,
      h("div", { class: "mc-actions mc-mock-nav" }, previous, flag, next, handin),
      confirm,
    ];
  }

  /* The running exam. */

  go(number) {
    if (number < 0 || number >= this.state.seats.length) return;
    if (number === this.here) { this.parts.heading.focus(); return; }
    this.parts.host.style.minHeight = `${this.parts.host.offsetHeight}px`;
    this.drop(); // sends what was typed last
    this.wanted = number;
    this.send({ type: "go", seat: number });
  }

  walk(event) {
    const buttons = [...this.parts.palette.children];
    const here = buttons.indexOf(event.target);
    if (here < 0) return;
    const inRow = buttons.filter((one) => one.offsetTop === buttons[0].offsetTop).length;
    const moves = { ArrowRight: here + 1, ArrowLeft: here - 1, ArrowDown: here + inRow, ArrowUp: here - inRow, Home: 0, End: buttons.length - 1 };
    const there = buttons[moves[event.key]];
    if (!(event.key in moves)) return;
    event.preventDefault();
    if (!there) return;
    buttons.forEach((one) => { one.tabIndex = one === there ? 0 : -1; });
    there.focus();
  }

  /** Brings palette, heading and buttons up to date, and mounts the exercise of the current seat where it is another. */
  seats(live) {
    const { state, parts } = this;
    const { current, seats } = state;
    const inPalette = parts.palette.contains(document.activeElement);
    [...parts.palette.children].forEach((button, number) => {
      const seat = seats[number];
      button.dataset.state = seat.state;
      button.classList.toggle("mc-flagged", seat.flagged);
      button.setAttribute("aria-label", `Seat ${number + 1}, ${STATE_WORDS[seat.state]}${seat.flagged ? ", flagged" : ""}`);
      if (number === current) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
      if (!inPalette) button.tabIndex = number === current ? 0 : -1;
      const face = `${number + 1} ${SIGNS[seat.state]}${seat.flagged ? " ⚑" : ""}`;
      if (button.dataset.face === face) return;
      button.dataset.face = face;
      button.replaceChildren(h("span", {}, String(number + 1)), h("span", { class: "mc-mock-sign", "aria-hidden": "true" }, SIGNS[seat.state], seat.flagged ? "⚑" : ""));
    });
    parts.heading.textContent = `Seat ${current + 1} of ${seats.length}${seats[current].flagged ? ", flagged" : ""}`;
    parts.flag.setAttribute("aria-pressed", String(seats[current].flagged));
    parts.flag.textContent = seats[current].flagged ? "⚑ Flagged" : "⚐ Flag";
    parts.previous.disabled = current === 0;
    parts.next.disabled = current === seats.length - 1;
    if (parts.pause) {
      parts.pause.textContent = `Pause (${state.pauses_left} left)`;
      parts.pause.disabled = !state.pauses_left;
    }
    if (!parts.confirm.hidden) this.question();
    if (state.alert) this.wanted = undefined;
    if (this.wanted !== undefined && this.wanted !== current) return; // told of something else; the seat is on its way
    this.mount();
    if (!live || this.wanted === undefined) return;
    this.wanted = undefined;
    parts.heading.focus({ preventScroll: true });
    parts.heading.scrollIntoView({ block: "nearest" });
  }

  async mount() {
    const { form, gone } = this.state;
    if (this.closing || (form && this.mounted === form)) return;
    this.drop();
    this.mounted = form;
    const turn = ++this.turn;
    const { host } = this.parts;
    if (gone) {
      host.replaceChildren(h("p", {}, "This exercise is no longer in its folder, so it cannot be shown, and it will not count. Fetch its assignment again to have it back."));
      host.style.minHeight = "";
      return;
    }
    try {
      const manager = this.model.widget_manager;
      const view = await manager.create_view(await manager.get_model(form.replace("IPY_MODEL_", "")), {});
      if (turn !== this.turn) { view.remove(); return; }
      this.view = view;
      host.replaceChildren(view.el);
      host.style.minHeight = "";
    } catch {
      if (turn === this.turn) this.complain("The exercise of this seat could not be shown. Run this cell again; what was saved is kept.");
    }
  }

  /** Takes the exercise off the page; what was typed last is sent by its own form as it goes. */
  drop() {
    this.turn += 1;
    this.mounted = undefined;
    const { view } = this;
    this.view = undefined;
    if (!view) return;
    view.remove();
    view.el.remove();
  }

  ask(open) {
    const { confirm, handin } = this.parts;
    confirm.hidden = !open;
    if (open) { this.question(); confirm.focus(); } else handin.focus();
  }

  question() {
    const of = (test) => this.state.seats.flatMap((seat, number) => (test(seat) ? [number + 1] : []));
    const [open, begun, flagged] = [of((seat) => seat.state === "open"), of((seat) => seat.state === "begun"), of((seat) => seat.flagged)];
    const words = [
      open.length ? `No answer: ${seatsText(open)}.` : "Every seat has an answer.",
      begun.length ? `Not complete: ${seatsText(begun)}.` : "",
      flagged.length ? `Flagged: ${seatsText(flagged)}.` : "",
      "Handing in ends the exam; no answer can be changed after it.",
    ].filter(Boolean).join(" ");
    const text = this.parts.confirm.firstChild;
    if (text.textContent !== words) text.textContent = words;
  }

  /* The clock. The kernel keeps the time; the page counts down between its messages, and through a sleep. */

  clock() {
    const { parts } = this;
    if (this.stage === "paused") {
      parts.left.textContent = digits(this.state.left);
      parts.rest.textContent = digits(this.pauseEnd - Date.now());
    }
    if (!this.running) return;
    parts.clock.textContent = this.hiddenClock ? "Time hidden" : `${digits(this.deadline - Date.now())} left`;
    parts.hide.textContent = this.hiddenClock ? "Show time" : "Hide time";
  }

  tick() {
    const now = Date.now();
    if (this.stage === "paused" && now >= this.pauseEnd) this.beatKernel(now, 2 * SECOND);
    if (this.running) {
      const left = this.deadline - now;
      this.marks(this.before ?? left, left);
      this.before = left;
      if (left <= FLUSH_AT && !this.closing) { this.closing = true; this.drop(); }
      if (left <= 0) this.beatKernel(now, 2 * SECOND);
      else this.beatKernel(now, MINUTE);
    }
    this.clock();
  }

  /** Tells the kernel that time passes, at most once in so long. */
  beatKernel(now, every) {
    if (now - this.beaten < every) return;
    this.beaten = now;
    this.send({ type: "tick" });
  }

  /** Says the time at marks only: half of it, ten, five and one minute before the end. Of several slept through, the last. */
  marks(before, left) {
    const half = this.state.total / 2;
    const marks = [half, ...[1, 5, 10].map((minutes) => minutes * MINUTE).filter((mark) => mark < this.state.total)];
    const passed = Math.min(...marks.filter((mark) => before > mark && left <= mark && left > 0));
    if (passed === Infinity) return;
    const rest = left < MINUTE / 2 ? "Less than a minute left." : `${minutesText(left)} left.`;
    this.said.textContent = passed === half ? `Half of the time is used. ${rest}` : rest;
  }
}

function renderMock({ model, el }) {
  const exam = new MockExam(model, el);
  return () => exam.dispose();
}

export default { render: renderMock };
