// Files go straight from the browser to the API: each has its own progress, verdict and retry.

import { el, icon, ICONS, once } from "./dom.js";
import { dropPlaces, picture, rememberPicture, rememberPlaces } from "./crate_memory.js";

const AT_ONCE = 3; // the API checks files one CPU core each; more in flight would only wait there
const GATHER_MS = 400; // several files that end together make one update of the page
const instances = new WeakMap();

const UNREACHABLE = {
  message: "The upload did not reach Segue's engine.",
  hint: "Check the connection, then press Retry.",
  retryable: true,
};
const UNCLEAR = { message: "The engine gave no clear answer.", hint: "Press Retry.", retryable: true };

class DropZone {
  constructor(root) {
    this.items = [];
    this.place = Date.now();
    this.build(root);
  }

  build(root) {
    this.input = el("input", { type: "file", onchange: () => this.take([...this.input.files]) });
    this.lead = el("strong");
    this.detail = el("span", { class: "detail" });
    this.preview = el("span", { class: "preview" });
    this.zone = el("label", { class: "zone" }, this.input, this.preview, el("span", { class: "words" }, this.lead, this.detail));
    this.list = el("ul", { "aria-label": "Uploads" });
    this.status = el("p", { class: "status", role: "status" });
    root.replaceChildren(el("div", { class: "drop" }, this.zone, this.status, this.list));
    for (const name of ["dragover", "dragleave", "drop"]) this.zone.addEventListener(name, (event) => this.drag(event));
  }

  /** New data from the page: words, and perhaps a fresh token that waiting files were missing. */
  update({ data, setStateValue, setTriggerValue }) {
    const renewed = this.data && this.data.token !== data.token;
    const sameDraft = this.data?.draft === data.draft;
    if (!sameDraft) this.items = [];
    // the page may not have heard yet of a crate that was made here a moment ago
    this.data = { ...data, upload_id: data.upload_id ?? (sameDraft ? this.data.upload_id : null) };
    this.trigger = setTriggerValue;
    this.tell = setStateValue;
    this.input.accept = data.accept;
    this.input.multiple = data.multiple;
    this.input.setAttribute("aria-label", data.label);
    this.lead.textContent = data.lead;
    this.detail.textContent = data.detail;
    if (!data.multiple) this.showPicture(picture(this.data.upload_id));
    if (renewed) this.stalled = false;
    if (data.ordered) this.tellOrder();
    this.pump();
  }

  drag(event) {
    event.preventDefault();
    this.zone.classList.toggle("over", event.type === "dragover");
    if (event.type === "drop") this.take([...event.dataTransfer.files]);
  }

  take(files) {
    const chosen = this.data.multiple ? files : files.slice(0, 1);
    if (!this.data.multiple) this.items = [];
    this.items.push(...chosen.map((file) => ({ file, fields: this.data.fields, place: this.place++, state: "waiting", sent: 0 })));
    this.input.value = "";
    this.pump();
  }

  /** Start what may start. A crate is made by its first file, so that one goes alone. */
  pump() {
    const inFlight = this.items.filter((item) => item.request).length;
    const room = this.data.library || (this.data.multiple && this.data.upload_id) ? AT_ONCE : 1;
    const waiting = this.stalled ? [] : this.items.filter((item) => item.state === "waiting");
    waiting.slice(0, Math.max(0, room - inFlight)).forEach((item) => this.send(item));
    this.draw();
  }

  send(item) {
    if (item.file.size > this.data.max_bytes) {
      return this.refuse(item, { message: "This file is larger than Segue accepts.", hint: `The limit is ${megabytes(this.data.max_bytes)}.` });
    }
    const body = new FormData();
    for (const [name, value] of Object.entries(item.fields)) body.append(name, value);
    body.append(this.data.field, item.file);
    if (this.data.multiple && this.data.upload_id) body.append("upload_id", this.data.upload_id);
    const request = new XMLHttpRequest();
    Object.assign(item, { request, state: "sending", sent: 0, error: null });
    request.upload.onprogress = (event) => event.lengthComputable && this.progress(item, event.loaded / event.total);
    request.onload = () => this.answered(item, request);
    request.onerror = () => this.settle(item, () => this.refuse(item, UNREACHABLE));
    request.open("POST", this.data.endpoint);
    request.setRequestHeader("Authorization", `Bearer ${this.data.token}`);
    request.send(body);
  }

  progress(item, share) {
    item.sent = share;
    item.state = share < 1 ? "sending" : "checking";
    this.draw();
  }

  settle(item, then) {
    item.request = null;
    then();
    this.pump();
  }

  answered(item, request) {
    const body = parsed(request.responseText);
    if (request.status === 401 && !item.renewed) {
      item.renewed = true;
      this.stalled = true;
      this.trigger("token_expired", Date.now());
      return this.settle(item, () => (item.state = "waiting"));
    }
    if (request.status !== 201) return this.settle(item, () => this.refuse(item, body?.error ?? UNCLEAR));
    return this.settle(item, () => this.accept(item, body));
  }

  accept(item, upload) {
    if (!this.data.library) this.data = { ...this.data, upload_id: upload.id };
    if (this.data.library) upload = { id: String(Date.now()) }; // the page lists what is there
    else if (this.data.multiple) rememberPlaces(upload.id, upload.added ?? [], item.place);
    else this.keepPicture(upload.id, item.file);
    this.items = this.items.filter((other) => other !== item);
    this.accepted = (this.accepted ?? 0) + 1;
    this.announce(upload.id);
  }

  refuse(item, error) {
    Object.assign(item, { state: "refused", error, request: null });
    this.draw();
  }

  announce(uploadId) {
    clearTimeout(this.timer);
    this.gathering = true;
    this.timer = setTimeout(() => this.announced(uploadId), GATHER_MS);
  }

  announced(uploadId) {
    this.gathering = false;
    if (this.data.ordered) this.tellOrder();
    this.trigger("changed", { upload_id: uploadId });
    this.draw();
  }

  /** Uploads run side by side and end in any order: the page asks for that in which they were dropped. */
  tellOrder() {
    const places = dropPlaces(this.data.upload_id);
    const ids = Object.keys(places).sort((a, b) => places[a] - places[b]);
    if (!ids.length || ids.join() === this.ordered) return;
    this.ordered = ids.join();
    this.tell("order", ids);
  }

  keepPicture(uploadId, file) {
    const image = new Image();
    image.onload = () => {
      const canvas = el("canvas");
      const scale = Math.min(1, 480 / image.width);
      [canvas.width, canvas.height] = [image.width * scale, image.height * scale];
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      URL.revokeObjectURL(image.src);
      rememberPicture(uploadId, canvas.toDataURL("image/jpeg", 0.8));
      this.showPicture(picture(uploadId));
    };
    image.src = URL.createObjectURL(file);
  }

  showPicture(dataUrl) {
    const image = dataUrl ? el("img", { alt: "The chosen picture", src: dataUrl }) : null;
    this.preview.replaceChildren(...(image ? [image] : []));
  }

  draw() {
    const open = this.items.filter((item) => item.state !== "refused").length;
    const refused = this.items.length - open;
    const words = [open ? `${open} ${open === 1 ? "file" : "files"} to go` : "", refused ? `${refused} not accepted` : ""];
    const busy = open > 0 || Boolean(this.gathering); // the page is drawn once for both: what came, and that all is there
    if (busy !== Boolean(this.busy)) this.tell("busy", (this.busy = busy));
    this.status.textContent = words.filter(Boolean).join(" · ");
    this.list.replaceChildren(...this.items.map((item) => this.row(item)));
  }

  row(item) {
    const refused = item.state === "refused";
    const mark = refused ? el("span", { class: "mark" }, icon(ICONS.warning)) : null;
    const verdict = refused ? [el("span", { class: "why" }, item.error.message), el("span", { class: "what" }, item.error.hint ?? "")] : [el("span", { class: "what" }, STATES[item.state](item))];
    const bar = refused ? null : el("progress", { max: 1, value: item.state === "checking" ? undefined : item.sent, "aria-label": `Upload of ${item.file.name}` });
    const retry = refused ? el("button", { type: "button", "aria-label": `Retry ${item.file.name}`, onclick: () => this.again(item) }, icon(ICONS.retry), "Retry") : null;
    const remove = el("button", { type: "button", class: "quiet", "aria-label": `Remove ${item.file.name}`, onclick: () => this.drop(item) }, icon(ICONS.remove));
    return el("li", { class: item.state }, mark, el("span", { class: "file" }, el("b", {}, item.file.name), ...verdict, bar), retry, remove);
  }

  again(item) {
    Object.assign(item, { state: "waiting", renewed: false });
    this.pump();
  }

  drop(item) {
    item.request?.abort();
    item.request = null;
    this.items = this.items.filter((other) => other !== item);
    this.pump();
  }
}

const STATES = {
  waiting: () => "Waiting",
  sending: (item) => `Uploading — ${Math.floor(item.sent * 100)} %`,
  checking: () => "Listening to it…",
};

const megabytes = (bytes) => `${Math.round(bytes / 1048576)} MB`;

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export default function (component) {
  const root = component.parentElement.querySelector("[data-root]");
  const zone = once(instances, root, () => new DropZone(root));
  zone.update(component);
  return () => clearTimeout(zone.timer);
}
