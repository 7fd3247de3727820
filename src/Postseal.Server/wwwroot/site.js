// Comfort only: every page works without this file.
"use strict";

const addCopy = (box) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "Copy";
  const pre = box.querySelector("pre");
  button.setAttribute("aria-label", `Copy: ${pre.getAttribute("aria-label")}`);
  const told = document.createElement("span");
  told.className = "told";
  told.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(pre.textContent);
      told.textContent = "Copied";
    } catch {
      // No permission, or no HTTPS: the text is marked, so that the keyboard can copy it.
      getSelection().selectAllChildren(pre);
      told.textContent = "Marked, press Ctrl+C";
    }
    setTimeout(() => { told.textContent = ""; }, 3000);
  });
  box.append(button, told);
};
// As it came from the server, before anything is added to it: what news are compared with.
const live = document.getElementById("live");
const blocks = (root) => new Map([...root.querySelectorAll("[data-block]")].map((b) => [b.dataset.block, b]));
const shown = new Map([...(live ? blocks(live) : [])].map(([name, b]) => [name, b.outerHTML]));

for (const box of document.querySelectorAll(".copy")) addCopy(box);

// The tab says how it went; a check may have taken some seconds.
const verdict = document.querySelector("[data-verdict]");
if (verdict) document.title = `${document.title.split(" – ")[0]} – ${verdict.dataset.verdict}`;

// A link into folded evidence opens it.
const open = () => {
  let name = location.hash.slice(1);
  try {
    name = decodeURIComponent(name);
  } catch {
    // Not encoded, then: "#100%".
  }
  document.getElementById(name)?.closest("details")?.setAttribute("open", "");
};
addEventListener("hashchange", open);
open();

// A test of a sender: whenever something was seen, the page is fetched anew, and of it the blocks that differ take the place of those that are shown.
// What is unfolded, scrolled to or in focus stays so. A block with marked text waits until it is marked no more.
if (live) {
  const reached = "a, button, summary, [tabindex]";
  const news = document.createElement("p");
  news.className = "hidden";
  news.setAttribute("role", "status");
  live.before(news);
  const offline = document.createElement("p");
  offline.className = "offline";
  offline.setAttribute("role", "status");
  document.getElementById("state").append(offline);

  const isMarked = (block) => !getSelection().isCollapsed && getSelection().containsNode(block, true);
  const replace = (old, block) => {
    for (const d of [old, ...old.querySelectorAll("details")])
      if (d.open) (d === old ? block : block.querySelector(`details[id="${d.id}"]`))?.setAttribute("open", "");
    const scrolled = [...old.querySelectorAll("pre")].map((p) => [p.scrollLeft, p.scrollTop]);
    const focused = [...old.querySelectorAll(reached)].indexOf(document.activeElement);
    const tag = document.activeElement?.tagName;
    old.replaceWith(block);
    for (const box of block.querySelectorAll(".copy")) addCopy(box);
    for (const [i, p] of [...block.querySelectorAll("pre")].entries()) p.scrollTo(...(scrolled[i] ?? [0, 0]));
    const twin = block.querySelectorAll(reached)[focused];
    if (twin?.tagName === tag) twin.focus({ preventScroll: true });
  };

  let waiting = null; // the latest page, when not all of it could be shown
  const show = (fresh) => {
    waiting = null;
    const [old, now] = [blocks(live), blocks(fresh)];
    if ([...old.keys()].join() !== [...now.keys()].join()) { // another state of the test altogether
      if (isMarked(live)) waiting = fresh; else location.reload();
      return;
    }
    for (const [name, block] of now) {
      const html = block.outerHTML;
      if (html === shown.get(name)) continue;
      if (isMarked(old.get(name))) { waiting = fresh; continue; }
      shown.set(name, html);
      replace(old.get(name), document.importNode(block, true));
    }
    const tally = document.getElementById("tally").innerText.trim().split(/\s*\n\s*/).join(", ");
    if (tally !== news.textContent) news.textContent = tally;
    const verdict = live.querySelector("[data-verdict]");
    if (verdict) document.title = `${document.title.split(" – ")[0]} – ${verdict.dataset.verdict}`;
  };
  document.addEventListener("selectionchange", () => { if (waiting) show(waiting); });

  const shortest = 2000, longest = 60000; // after a failure: soon again at first, then as seldom as nobody minds
  const patience = 5000; // a browser that connects anew needs three seconds
  const silence = 60000; // something comes every 25 s, if only to say that nothing has happened
  const limit = 20000; // of one answer: six that never come would be all the connections that a browser has for this site
  const every = 10000, turns = 3; // without a stream: the page is looked at so often, and a stream asked for each third time
  const lost = "Not live at the moment: this page cannot get news. It tries again by itself.";
  let events = null, isLive = false, isStale = false, refused = "", turn = 0, pause = shortest, timer = null, quiet = null, busy = false, again = false;

  const tell = () => {
    const text = isStale ? lost : isLive ? "" : refused || lost;
    if (offline.textContent !== text) offline.textContent = text;
  };
  const plan = (time) => {
    clearTimeout(timer);
    timer = setTimeout(next, time);
  };
  const later = () => {
    if (document.hidden) return;
    tell();
    if (timer) return;
    plan(refused ? every : pause);
    pause = Math.min(2 * pause, longest);
  };
  const next = () => {
    timer = null;
    if (events.readyState === EventSource.CLOSED) {
      turn = (turn + 1) % turns;
      if (refused && turn !== 0) plan(every); else watch();
    }
    renew();
  };

  const fetchPage = async () => {
    const response = await fetch(location.pathname, { cache: "no-store", signal: AbortSignal.timeout(limit) });
    if (response.status === 404) location.reload();
    if (response.ok) show(new DOMParser().parseFromString(await response.text(), "text/html").getElementById("live"));
    return response.ok || response.status === 404;
  };
  const renew = async () => {
    again = busy;
    if (busy) return;
    busy = true;
    const isDone = await fetchPage().catch(() => false);
    [busy, isStale] = [false, !isDone];
    if (isDone && isLive) pause = shortest;
    if (isDone && isLive || refused) tell();
    if (!isDone) later();
    if (isDone && again) renew();
  };

  const hear = () => {
    [isLive, refused, pause] = [true, "", shortest];
    tell();
    listen();
  };
  const listen = () => {
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      events.close(); // something in between takes all and passes nothing on
      lose(events);
    }, silence);
  };
  const lose = async (source) => {
    clearTimeout(quiet);
    isLive = false;
    later();
    const why = await refusal().catch(() => "");
    if (source !== events || isLive) return;
    refused = why && `Not live: ${why} This page looks for news every ${every / 1000} seconds instead.`;
    tell();
    if (refused) plan(every);
  };
  // A stream of events does not say why it was refused.
  const refusal = async () => {
    const headers = { Accept: "application/problem+json" };
    const response = await fetch(live.dataset.events, { headers, cache: "no-store", signal: AbortSignal.timeout(limit) });
    if (response.status === 429) return (await response.json()).detail;
    await response.body?.cancel();
    return "";
  };

  const watch = () => {
    const source = events = new EventSource(live.dataset.events);
    listen();
    source.addEventListener("waiting", hear);
    source.addEventListener("changed", () => { hear(); renew(); });
    source.addEventListener("error", () => {
      isLive = false;
      if (source.readyState === EventSource.CLOSED) lose(source);
      else setTimeout(() => { if (source === events && !isLive) tell(); }, patience); // the browser tries again by itself
    });
  };

  // Over HTTP/1.1 a browser has six connections for a site, and each stream holds one: a page that nobody sees has none.
  const wake = () => {
    [refused, pause] = ["", shortest];
    watch();
    renew();
  };
  const rest = () => {
    events?.close();
    [events, isLive, isStale] = [null, false, false];
    clearTimeout(quiet);
    clearTimeout(timer);
    timer = null;
  };
  document.addEventListener("visibilitychange", () => { rest(); if (!document.hidden) wake(); });
  if (!document.hidden) watch();
}
