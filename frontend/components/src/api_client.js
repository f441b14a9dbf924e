// Calls to the API with the page's access token.

const RENEWAL_MS = 15000; // a page that does not renew the token by then was closed

export class ApiClient {
  /** New data from the page, perhaps with a new token. */
  update({ data, setTriggerValue }) {
    this.base = data.api;
    this.token = data.token;
    this.trigger = setTriggerValue;
    this.renewed?.();
  }

  /** Fetch a path; if the token has expired, the page renews it, once. */
  async fetch(path, { method = "GET", signal } = {}) {
    const send = () => fetch(this.base + path, { method, signal, headers: { Authorization: `Bearer ${this.token}` } });
    let answer = await send();
    if (answer.status === 401) {
      const renewal = new Promise((resolve) => (this.renewed = resolve));
      this.trigger("token_expired", Date.now());
      await Promise.race([renewal, new Promise((resolve) => setTimeout(resolve, RENEWAL_MS))]);
      answer = await send();
    }
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  }
}
