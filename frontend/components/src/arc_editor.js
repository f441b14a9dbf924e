// The energy of a set as a curve, named or drawn; a drawn one has points that can be moved.

import { component, el } from "./dom.js";
import { shape } from "./svg.js";

const [WIDTH, HEIGHT, EDGE] = [480, 120, 14];
const STEP = 0.05; // one press of an arrow key
const SHAPES = {
  steady: [0.55, 0.65, 0.55, 0.45, 0.55, 0.65, 0.55, 0.45, 0.55],
  build: [0, 1],
  wave: [0.3, 0.55, 0.8, 0.6, 0.75, 1, 0.45],
  "cool-down": [1, 0],
};

class ArcEditor {
  constructor(root) {
    this.picture = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}` });
    const ends = el("p", { class: "ends", "aria-hidden": "true" }, el("span", {}, "Start of the set"), el("span", {}, "End"));
    root.replaceChildren(el("div", { class: "arc" }, this.picture, ends));
  }

  update({ data, setStateValue }) {
    this.setState = setStateValue;
    this.drawn = data.arc === "drawn";
    const received = JSON.stringify(data.points);
    if (received !== this.received) [this.received, this.points] = [received, [...data.points]];
    if (!this.dragging) this.draw(this.drawn ? this.points : SHAPES[data.arc]);
  }

  at(values, i) {
    return [EDGE + (i * (WIDTH - 2 * EDGE)) / (values.length - 1), HEIGHT - EDGE - values[i] * (HEIGHT - 2 * EDGE)];
  }

  draw(values) {
    const focused = [...this.picture.querySelectorAll(".point")].indexOf(this.picture.getRootNode().activeElement);
    const line = values.map((_, i) => this.at(values, i).join(" ")).join(" L ");
    const under = `M ${EDGE} ${HEIGHT} L ${line} L ${WIDTH - EDGE} ${HEIGHT} Z`;
    const points = this.drawn ? values.map((value, i) => this.point(values, value, i)) : [];
    this.picture.setAttribute("role", this.drawn ? "group" : "img");
    this.picture.setAttribute("aria-label", this.drawn ? "Energy over the set, editable" : "Energy over the set");
    this.picture.replaceChildren(
      shape("rect", { class: "ground", width: WIDTH, height: HEIGHT, rx: 6 }),
      shape("path", { class: "under", d: under }),
      shape("path", { class: "line", d: `M ${line}` }),
      ...points,
    );
    if (focused >= 0) points[focused]?.focus();
  }

  point(values, value, i) {
    const [cx, cy] = this.at(values, i);
    const percent = Math.round(value * 100);
    const place = i === 0 ? "at the start" : i === values.length - 1 ? "at the end" : `at ${Math.round((100 * i) / (values.length - 1))} % of the set`;
    const node = shape("circle", { class: "point", cx, cy, r: 8, tabindex: 0, role: "slider", "aria-label": `Energy ${place}`, "aria-orientation": "vertical", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": percent, "aria-valuetext": `${percent} %` });
    node.addEventListener("keydown", (event) => this.keyed(event, i));
    node.addEventListener("pointerdown", (event) => this.drag(event, i));
    return node;
  }

  keyed(event, i) {
    const by = { ArrowUp: STEP, ArrowRight: STEP, ArrowDown: -STEP, ArrowLeft: -STEP, Home: -1, End: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    this.move(i, this.points[i] + by);
    this.report();
  }

  drag(event, i) {
    event.preventDefault();
    this.dragging = true;
    const box = this.picture.getBoundingClientRect();
    const scale = HEIGHT / box.height;
    const moved = (pointer) => this.move(i, (HEIGHT - EDGE - (pointer.clientY - box.top) * scale) / (HEIGHT - 2 * EDGE));
    const done = () => {
      window.removeEventListener("pointermove", moved);
      this.dragging = false;
      this.report();
    };
    window.addEventListener("pointermove", moved);
    window.addEventListener("pointerup", done, { once: true });
  }

  move(i, to) {
    this.points[i] = Math.round(Math.min(1, Math.max(0, to)) * 100) / 100;
    this.draw(this.points);
  }

  report() {
    this.received = JSON.stringify(this.points);
    this.setState("points", [...this.points]);
  }
}

export default component(ArcEditor);
