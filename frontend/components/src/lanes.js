// The arrangement of a mashup: a lane for each stem of each song, below the sections.

import { clock, el } from "./dom.js";
import { fitting, label, LETTER_PX, shape, tooltip } from "./svg.js";
import { TimePicture } from "./time_picture.js";

const [SECTIONS, TITLE, LANE, GAP] = [24, 24, 22, 4];

export class LanesPicture extends TimePicture {
  constructor(data, seek) {
    const rows = rowsOf(data.songs);
    super(data, SECTIONS + rows.reduce((sum, row) => sum + row.height, 0), summary(data), seek);
    this.rows = rows;
    this.node = el("div", { class: "lanes" }, this.svg);
  }

  drawn() {
    let y = SECTIONS;
    const rows = this.rows.flatMap((row) => {
      const parts = row.clips ? this.lane(row, y) : this.title(row, y);
      y += row.height;
      return parts;
    });
    return [...rows, ...this.data.sections.flatMap((one) => this.section(one))];
  }

  section({ label: name, start_s, end_s, description }) {
    const [left, right] = [this.x(start_s), this.x(end_s)];
    const border = start_s > 0 ? shape("line", { class: "border", x1: left, x2: left, y1: 0, y2: this.height }) : null;
    const room = right - left - 8;
    const text = room > 2 * LETTER_PX ? label({ class: "section", x: left + 5, y: 15 }, fitting(name, room)) : null;
    const area = shape("rect", { x: left, y: 0, width: Math.max(1, right - left), height: SECTIONS, fill: "transparent" }, tooltip(description));
    return [border, text, area].filter(Boolean);
  }

  title({ song, place }, y) {
    return [shape("rect", { class: `swatch t${place}`, x: 0, y: y + 8, width: 10, height: 10, rx: 1 }), label({ x: 16, y: y + 17 }, fitting(song.title, this.width - 20))];
  }

  lane({ stem, clips, song, place }, y) {
    const height = LANE - GAP;
    const bed = shape("rect", { class: "bed", x: 0, y, width: this.width, height, rx: 2 });
    const bodies = clips.map((clip) => this.clip(clip, stem, song, place, y, height));
    return [bed, ...bodies, label({ class: "stem", x: 5, y: y + 13 }, stem)];
  }

  clip(clip, stem, song, place, y, height) {
    const [left, right] = [this.x(clip.start_s), this.x(clip.end_s)];
    const [rise, fall] = [this.x(clip.start_s + clip.fade_in_s), this.x(clip.end_s - clip.fade_out_s)];
    const low = y + height;
    const changes = clip.description ? `, ${clip.description}` : "";
    const text = `${stem} of ${song.title}, ${clock(clip.start_s)} to ${clock(clip.end_s)}${changes}`;
    return shape("path", { class: `body t${place}`, d: `M ${left} ${low} L ${rise} ${y + 1} L ${fall} ${y + 1} L ${right} ${low} Z` }, tooltip(text));
  }
}

/** A row with the song's title, then one for each of its stems. */
function rowsOf(songs) {
  return songs.flatMap((song, place) => [{ song, place, height: TITLE }, ...song.lanes.map((lane) => ({ ...lane, song, place, height: LANE }))]);
}

function summary(data) {
  const sections = data.sections.map((one) => `${one.label} from ${clock(one.start_s)} to ${clock(one.end_s)}`).join(", ");
  const songs = data.songs.map((song) => `${song.title}: ${song.lanes.map((lane) => lane.stem).join(", ")}`).join("; ");
  return `Arrangement: ${sections}. Stems of ${songs}.`;
}
