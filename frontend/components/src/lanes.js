// An arrangement as lanes: which stem of which song is heard when, under the names of its sections.

import { clock, el } from "./dom.js";
import { axis, fitting, LETTER_PX, shape, words } from "./svg.js";

const [SECTIONS, TITLE, LANE, GAP, AXIS] = [24, 24, 22, 4, 20];

export class LanesPicture {
  constructor(data, seek) {
    this.data = data;
    this.at = 0;
    this.rows = rowsOf(data.songs);
    this.height = SECTIONS + this.rows.reduce((sum, row) => sum + row.height, 0) + AXIS;
    this.svg = shape("svg", { style: `height:${this.height}px`, role: "img", "aria-label": summary(data) });
    this.svg.addEventListener("click", (event) => seek(this.time(event)));
    this.node = el("div", { class: "lanes" }, this.svg);
    new ResizeObserver(() => this.draw()).observe(this.svg);
  }

  x(seconds) {
    return (seconds / this.data.duration_s) * this.width;
  }

  time(event) {
    const box = this.svg.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * this.data.duration_s;
  }

  draw() {
    this.width = this.svg.clientWidth;
    if (!this.width) return;
    let y = SECTIONS;
    const drawn = this.rows.flatMap((row) => {
      const parts = row.clips ? this.lane(row, y) : this.title(row, y);
      y += row.height;
      return parts;
    });
    this.head = shape("line", { class: "head", y1: 0, y2: this.height - AXIS });
    const ticks = axis(0, this.data.duration_s, this.width, this.height - AXIS, (at) => this.x(at));
    this.svg.replaceChildren(...drawn, ...this.data.sections.flatMap((one) => this.section(one)), ...ticks, this.head);
    this.show(this.at);
  }

  section({ label, start_s, end_s, said }) {
    const [left, right] = [this.x(start_s), this.x(end_s)];
    const border = start_s > 0 ? shape("line", { class: "border", x1: left, x2: left, y1: 0, y2: this.height - AXIS }) : null;
    const room = right - left - 8;
    const name = room > 2 * LETTER_PX ? words({ class: "section", x: left + 5, y: 15 }, fitting(label, room)) : null;
    const whole = shape("rect", { x: left, y: 0, width: Math.max(1, right - left), height: SECTIONS, fill: "transparent" }, shape("title", {}, document.createTextNode(said)));
    return [border, name, whole].filter(Boolean);
  }

  title({ song, place }, y) {
    return [shape("rect", { class: `swatch t${place}`, x: 0, y: y + 8, width: 10, height: 10, rx: 1 }), words({ x: 16, y: y + 17 }, fitting(song.title, this.width - 20))];
  }

  lane({ stem, clips, song, place }, y) {
    const height = LANE - GAP;
    const bed = shape("rect", { class: "bed", x: 0, y, width: this.width, height, rx: 2 });
    const bodies = clips.map((clip) => this.clip(clip, stem, song, place, y, height));
    return [bed, ...bodies, words({ class: "stem", x: 5, y: y + 13 }, stem)];
  }

  clip(clip, stem, song, place, y, height) {
    const [left, right] = [this.x(clip.start_s), this.x(clip.end_s)];
    const [rise, fall] = [this.x(clip.start_s + clip.fade_in_s), this.x(clip.end_s - clip.fade_out_s)];
    const low = y + height;
    const said = `${stem} of ${song.title}, ${clock(clip.start_s)} to ${clock(clip.end_s)}${clip.said ? `, ${clip.said}` : ""}`;
    return shape("path", { class: `body t${place}`, d: `M ${left} ${low} L ${rise} ${y + 1} L ${fall} ${y + 1} L ${right} ${low} Z` }, shape("title", {}, document.createTextNode(said)));
  }

  show(at) {
    this.at = at;
    if (!this.head) return;
    const x = this.x(at);
    this.head.setAttribute("x1", x);
    this.head.setAttribute("x2", x);
  }
}

/** A row with the song's name, then one for each of its stems. */
function rowsOf(songs) {
  return songs.flatMap((song, place) => [{ song, place, height: TITLE }, ...song.lanes.map((lane) => ({ ...lane, song, place, height: LANE }))]);
}

function summary(data) {
  const sections = data.sections.map((one) => `${one.label} from ${clock(one.start_s)} to ${clock(one.end_s)}`).join(", ");
  const songs = data.songs.map((song) => `${song.title}: ${song.lanes.map((lane) => lane.stem).join(", ")}`).join("; ");
  return `Arrangement: ${sections}. Heard of ${songs}.`;
}
