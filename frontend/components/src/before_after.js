// Versions of a sound in step: one is audible, and a button or a key switches to another one.

import { clock, component, el, pointerShare } from "./dom.js";
import { shape, Waveform } from "./svg.js";
import { SyncedPlayer } from "./synced_player.js";

const HEIGHT = 96;
const TYPING = "select, textarea, [contenteditable], input:not([type=range], [type=radio], [type=checkbox])";
const PRESSED_BY_SPACE = "button, a, summary, input:not([type=range]), [role=radio], [role=option]";

class BeforeAfter extends SyncedPlayer {
  constructor(root, data) {
    super(data, data.sides.length, 0, data.name);
    this.build(root);
    this.choose(data.sides.length - 1); // the last side is the result
    document.addEventListener("keydown", (event) => this.keyed(event), { signal: this.listeners.signal });
    this.show();
  }

  /** The page may turn the keys on or off. */
  update(mounted) {
    super.update(mounted);
    this.keys = mounted.data.keys;
    this.hint.hidden = !this.keys;
    this.hint.replaceChildren(...(this.keys ? this.hints() : []));
  }

  hints() {
    const sides = this.data.sides.map(({ label }, i) => [i + 1, `play ${label}`]);
    const all = [...sides, ["Space", "play, pause"], ...Object.entries(this.keys).map(([key, does]) => [key.toUpperCase(), does])];
    return all.flatMap(([key, does]) => [el("kbd", {}, String(key)), ` ${does}  `]);
  }

  build(root) {
    this.toggle.classList.toggle("quiet", !this.data.peaks.length);
    this.buttons = this.data.sides.map((side, i) => el("button", { type: "button", onclick: () => this.choose(i) }, side.label));
    const sides = el("span", { class: "sides", role: "group", "aria-label": `Version of ${this.name}` }, ...this.buttons);
    this.position = el("input", { type: "range", class: "position", min: 0, max: this.data.duration_s, step: 0.01, value: 0, "aria-label": `Position in ${this.name}`, oninput: () => this.seek(Number(this.position.value)) });
    this.time = el("span", { class: "time" });
    const stage = this.data.peaks.length ? this.stage() : null;
    this.hint = el("p", { class: "hint", hidden: true });
    root.replaceChildren(el("div", { class: "frame" }, el("div", { class: "pair" }, this.toggle, this.buttons.length > 1 ? sides : el("span"), this.position, this.time, stage), this.message, this.hint));
  }

  stage() {
    const svg = shape("svg", { class: "stage", "aria-hidden": "true" });
    svg.addEventListener("click", (event) => {
      this.seek(pointerShare(event, svg) * this.data.duration_s);
      if (!this.mixer.playing) this.pressed();
    });
    this.wave = new Waveform(svg, HEIGHT);
    new ResizeObserver(() => this.wave.draw(this.data.peaks) && this.show()).observe(svg);
    return svg;
  }

  choose(side) {
    this.buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === side)));
    this.buttons.forEach((_, i) => this.mixer.level(i, Number(i === side)));
  }

  /** A digit plays a version, space plays or pauses, and the page's own keys are reported to it. */
  keyed(event) {
    const target = event.composedPath()[0];
    if (!this.keys || event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey || target.matches?.(TYPING)) return;
    const side = Number(/^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1]) - 1;
    const key = event.key.toLowerCase();
    if (side < this.buttons.length) this.playSide(side);
    else if (event.code === "Space" && !target.closest?.(PRESSED_BY_SPACE)) this.pressed();
    else if (key in this.keys) this.api.trigger("key", key);
    else return;
    event.preventDefault();
  }

  playSide(side) {
    this.choose(side);
    if (!this.mixer.playing) this.pressed();
  }

  async fetchAll() {
    if (!this.mixer.rate) return this.notify("This is too long to be played here. Download it instead.", true);
    this.toggle.disabled = true;
    this.notify("Loading…");
    try {
      await this.mixer.load((i, signal) => this.api.fetch(this.data.sides[i].path, { signal }), () => {});
      this.notify("");
      return true;
    } finally {
      this.toggle.disabled = false;
    }
  }

  show() {
    const at = this.mixer.now();
    this.position.value = at;
    this.position.setAttribute("aria-valuetext", clock(at));
    this.time.textContent = `${clock(at)} / ${clock(this.data.duration_s)}`;
    this.wave?.show(at / this.data.duration_s);
  }
}

export default component(BeforeAfter);
