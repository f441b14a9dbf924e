// Upload dropped files straight to the API, each with its own progress, error and retry.

import { dropPlaces, picture, savePicture, savePlaces } from "./crate_memory.js";
import { component, counted, el, icon, ICONS } from "./dom.js";

const PARALLEL = 3; // the API checks each file on a CPU core; more uploads would only wait there
const COLLECT_MS = 400; // files that finish together make one update of the page

const UNREACHABLE = {
  message: "Segue's server cannot be reached.",
  hint: "Check the connection, then press Retry.",
  retryable: true,
};
const UNREADABLE = { message: "Segue's server sent an unreadable answer.", hint: "Press Retry.", retryable: true };

class DropZone {
  constructor(root) {
    this.items = [];
    this.place = Date.now();
    this.build(root);
  }

  build(root) {
    this.input = el("input", { type: "file", onchange: () => this.add([...this.input.files]) });
    this.lead = el("strong");
    this.detail = el("span", { class: "detail" });
    this.preview = el("span", { class: "preview" });
    this.zone = el("label", { class: "zone" }, this.input, this.preview, el("span", { class: "texts" }, this.lead, this.detail));
    this.list = el("ul", { "aria-label": "Uploads" });
    this.status = el("p", { class: "status", role: "status" });
    root.replaceChildren(el("div", { class: "drop" }, this.zone, this.status, this.list));
    for (const name of ["dragover", "dragleave", "drop"]) this.zone.addEventListener(name, (event) => this.drag(event));
  }

  /** New data from the page, perhaps with the token that waiting files need. */
  update({ data, setStateValue, setTriggerValue }) {
    const renewed = this.data && this.data.token !== data.token;
    const sameDraft = this.data?.draft === data.draft;
    if (!sameDraft) this.items = [];
    // the page may not know yet of an upload that was created a moment ago
    this.data = { ...data, upload_id: data.upload_id ?? (sameDraft ? this.data.upload_id : null) };
    this.trigger = setTriggerValue;
    this.setState = setStateValue;
    this.input.accept = data.accept;
    this.input.multiple = data.multiple;
    this.input.setAttribute("aria-label", data.label);
    this.lead.textContent = data.lead;
    this.detail.textContent = data.detail;
    if (!data.multiple) this.showPicture(picture(this.data.upload_id));
    if (renewed) this.stalled = false;
    if (data.ordered) this.reportOrder();
    this.sendNext();
  }

  drag(event) {
    event.preventDefault();
    this.zone.classList.toggle("over", event.type === "dragover");
    if (event.type === "drop") this.add([...event.dataTransfer.files]);
  }

  add(files) {
    const chosen = this.data.multiple ? files : files.slice(0, 1);
    if (!this.data.multiple) this.items = [];
    this.items.push(...chosen.map((file) => ({ file, fields: this.data.fields, place: this.place++, state: "waiting", sent: 0 })));
    this.input.value = "";
    this.sendNext();
  }

  /** Start waiting uploads. The first file creates the upload, so it is sent alone. */
  sendNext() {
    const inFlight = this.items.filter((item) => item.request).length;
    const room = this.data.library || (this.data.multiple && this.data.upload_id) ? PARALLEL : 1;
    const waiting = this.stalled ? [] : this.items.filter((item) => item.state === "waiting");
    waiting.slice(0, Math.max(0, room - inFlight)).forEach((item) => this.send(item));
    this.draw();
  }

  send(item) {
    if (item.file.size > this.data.max_bytes) {
      item.refused = true;
      return this.fail(item, { message: "This file is too large.", hint: `The limit is ${megabytes(this.data.max_bytes)}.` });
    }
    const body = new FormData();
    for (const [name, value] of Object.entries(item.fields)) body.append(name, value);
    body.append(this.data.field, item.file);
    if (this.data.multiple && this.data.upload_id) body.append("upload_id", this.data.upload_id);
    const request = new XMLHttpRequest();
    Object.assign(item, { request, state: "sending", sent: 0, error: null });
    request.upload.onprogress = (event) => event.lengthComputable && this.progress(item, event.loaded / event.total);
    request.onload = () => this.answered(item, request);
    request.onerror = () => this.finish(item, () => this.fail(item, UNREACHABLE));
    request.open("POST", this.data.api + this.data.path);
    request.setRequestHeader("Authorization", `Bearer ${this.data.token}`);
    request.send(body);
  }

  progress(item, share) {
    item.sent = share;
    item.state = share < 1 ? "sending" : "checking";
    this.draw();
  }

  finish(item, then) {
    item.request = null;
    then();
    this.sendNext();
  }

  answered(item, request) {
    const body = parsed(request.responseText);
    if (request.status === 401 && !item.renewed) {
      item.renewed = true;
      this.stalled = true;
      this.trigger("token_expired", Date.now());
      return this.finish(item, () => (item.state = "waiting"));
    }
    item.refused = request.status === 422; // the file itself: another try would end alike
    if (request.status !== 201) return this.finish(item, () => this.fail(item, body?.error ?? UNREADABLE));
    return this.finish(item, () => this.accept(item, body));
  }

  accept(item, upload) {
    if (!this.data.library) this.data = { ...this.data, upload_id: upload.id };
    if (this.data.library) upload = { id: String(Date.now()) }; // any new id makes the page reload its list
    else if (this.data.multiple) savePlaces(upload.id, upload.added ?? [], item.place);
    else this.storePicture(upload.id, item.file);
    this.items = this.items.filter((other) => other !== item);
    this.reportSoon(upload.id);
  }

  fail(item, error) {
    Object.assign(item, { state: "failed", error, request: null });
    this.draw();
  }

  reportSoon(uploadId) {
    clearTimeout(this.timer);
    this.collecting = true;
    this.timer = setTimeout(() => this.report(uploadId), COLLECT_MS);
  }

  report(uploadId) {
    this.collecting = false;
    if (this.data.ordered) this.reportOrder();
    this.trigger("changed", { upload_id: uploadId });
    this.draw();
  }

  /** Report the order of dropping, since parallel uploads finish in any order. */
  reportOrder() {
    const places = dropPlaces(this.data.upload_id);
    const ids = Object.keys(places).sort((a, b) => places[a] - places[b]);
    if (!ids.length || ids.join() === this.ordered) return;
    this.ordered = ids.join();
    this.setState("order", ids);
  }

  storePicture(uploadId, file) {
    const image = new Image();
    image.onload = () => {
      const canvas = el("canvas");
      const scale = Math.min(1, 480 / image.width);
      [canvas.width, canvas.height] = [image.width * scale, image.height * scale];
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      URL.revokeObjectURL(image.src);
      savePicture(uploadId, canvas.toDataURL("image/jpeg", 0.8));
      this.showPicture(picture(uploadId));
    };
    image.src = URL.createObjectURL(file);
  }

  showPicture(dataUrl) {
    const image = dataUrl ? el("img", { alt: "The chosen picture", src: dataUrl }) : null;
    this.preview.replaceChildren(...(image ? [image] : []));
  }

  draw() {
    const open = this.items.filter((item) => item.state !== "failed").length;
    const failed = this.items.length - open;
    const counts = [open ? `${counted(open, "file")} left` : "", failed ? `${failed} failed` : ""];
    const busy = open > 0 || Boolean(this.collecting); // so that the page redraws once, with all files
    if (busy !== Boolean(this.busy)) this.setState("busy", (this.busy = busy));
    this.status.textContent = counts.filter(Boolean).join(" · ");
    this.list.replaceChildren(...this.items.map((item) => this.row(item)));
  }

  row(item) {
    const failed = item.state === "failed";
    const mark = failed ? el("span", { class: "mark" }, icon(ICONS.warning)) : null;
    const details = failed ? [el("span", { class: "why" }, item.error.message), el("span", { class: "what" }, item.error.hint ?? "")] : [el("span", { class: "what" }, STATUS[item.state](item))];
    const bar = failed ? null : el("progress", { max: 1, value: item.state === "checking" ? undefined : item.sent, "aria-label": `Upload of ${item.file.name}` });
    const retryButton = failed && !item.refused ? el("button", { type: "button", "aria-label": `Retry ${item.file.name}`, onclick: () => this.retry(item) }, icon(ICONS.retry), "Retry") : null;
    const removeButton = el("button", { type: "button", class: "quiet", "aria-label": `Remove ${item.file.name}`, onclick: () => this.remove(item) }, icon(ICONS.remove));
    return el("li", { class: item.state }, mark, el("span", { class: "file" }, el("b", {}, item.file.name), ...details, bar), retryButton, removeButton);
  }

  retry(item) {
    Object.assign(item, { state: "waiting", renewed: false });
    this.sendNext();
  }

  remove(item) {
    item.request?.abort();
    item.request = null;
    this.items = this.items.filter((other) => other !== item);
    this.sendNext();
  }

  close() {
    clearTimeout(this.timer);
  }
}

const STATUS = {
  waiting: () => "Waiting",
  sending: (item) => `Uploading — ${Math.floor(item.sent * 100)} %`,
  checking: () => "Checking…",
};

const megabytes = (bytes) => `${Math.round(bytes / 1048576)} MB`;

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export default component(DropZone);
