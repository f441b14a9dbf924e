// A sound before and after a change, in step: one is audible, and a button switches sides.

import { clock, component, el, pointerShare } from "./dom.js";
import { shape, Waveform } from "./svg.js";
import { SyncedPlayer } from "./synced_player.js";

const HEIGHT = 96;

class BeforeAfter extends SyncedPlayer {
  constructor(root, data) {
    super(data, data.sides.length, 0, data.name);
    this.build(root);
    this.choose(data.sides.length - 1); // the last side is the result
    this.show();
  }

  build(root) {
    this.toggle.classList.toggle("quiet", !this.data.peaks.length);
    this.buttons = this.data.sides.map((side, i) => el("button", { type: "button", onclick: () => this.choose(i) }, side.label));
    const sides = el("span", { class: "sides", role: "group", "aria-label": `Version of ${this.name}` }, ...this.buttons);
    this.position = el("input", { type: "range", class: "position", min: 0, max: this.data.duration_s, step: 0.01, value: 0, "aria-label": `Position in ${this.name}`, oninput: () => this.seek(Number(this.position.value)) });
    this.time = el("span", { class: "time" });
    const stage = this.data.peaks.length ? this.stage() : null;
    root.replaceChildren(el("div", { class: "frame" }, el("div", { class: "pair" }, this.toggle, this.buttons.length > 1 ? sides : el("span"), this.position, this.time, stage), this.message));
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
