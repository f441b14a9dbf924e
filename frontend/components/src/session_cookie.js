// Trade a sign-in's one-time code for the session cookie, or drop the cookie. Only the browser can do
// this: Streamlit's script cannot set cookies.

const done = new Set();

async function post(url, body) {
  const answer = await fetch(url, {
    method: "POST",
    credentials: "include",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5000), // the page waits for this
  });
  return answer.ok;
}

export default function ({ data, setTriggerValue }) {
  const { api_base: base, code, sign_out: signOut } = data;
  const task = code ? `keep ${code}` : signOut ? `drop ${signOut}` : null;
  if (!task || done.has(task)) return;
  done.add(task);
  const call = code ? post(`${base}/auth/session`, { code }) : post(`${base}/auth/logout`, {});
  call.catch(() => false).then((ok) => setTriggerValue("settled", ok ? "done" : "failed"));
}
