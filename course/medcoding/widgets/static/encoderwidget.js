import { h, keepKeys } from "./base.js";
import { encoderPanel } from "./encoder.js";

let opened = 0;

/** The encoder by itself, in any notebook. */
function render({ model, el }) {
  const begin = model.get("begin");
  const uid = `mc-encoder-${++opened}-${Math.random().toString(36).slice(2, 7)}`;
  const live = h("div", { class: "mc-hidden", role: "status", "data-mc": "live" });
  const replies = new Map();
  let asked = 0;
  let timer;
  const panel = encoderPanel({
    uid, on: begin.on, book: begin.book, books: begin.books, start: begin.start, use: null, leave: null,
    announce(text) {
      clearTimeout(timer);
      live.textContent = "";
      timer = setTimeout(() => { live.textContent = text; }, 60);
    },
    ask(content, then) {
      asked += 1;
      replies.set(asked, then);
      try {
        model.send({ type: "encoder", view: uid, n: asked, ...content });
      } catch {
        then({ problem: "The kernel of this encoder has stopped. Run the cell again." });
      }
    },
  });
  const receive = (message) => {
    if (message?.type !== "encoder" || message.view !== uid) return;
    const then = replies.get(message.n);
    replies.delete(message.n);
    then?.(message.reply);
  };
  const root = h("section", { class: "mc-exercise mc-alone", "data-mc": "encoder-widget" }, h("h4", {}, "Encoder"), panel.node, live);
  keepKeys(root);
  model.on("msg:custom", receive);
  el.append(root);
  return () => {
    model.off("msg:custom", receive);
    clearTimeout(timer);
    panel.dispose();
  };
}

export default { render };
