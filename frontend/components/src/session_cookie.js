// Turns the one-time code of a sign-in into the cookie that outlives a reload, and drops it again.
// Only the browser can do this: the script that draws the page answers no HTTP request.

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
