// Keeps the overview up to date while somebody looks at it; without this script the page is the same, and is reloaded by hand.
const EVERY_MS = 2000;

async function renew() {
  const response = await fetch(location.href, { headers: { accept: 'text/html' } });
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-live]')) {
    const now = fresh.getElementById(part.id);
    // A part that somebody is in, or presses, stays as it is until they have left it.
    const busy = part.contains(document.activeElement) || part.matches(':active');
    if (now && now.innerHTML !== part.innerHTML && !busy) part.innerHTML = now.innerHTML;
  }
}

setInterval(() => {
  if (!document.hidden) renew().catch(() => undefined); // the sandbox is being restarted
}, EVERY_MS);
