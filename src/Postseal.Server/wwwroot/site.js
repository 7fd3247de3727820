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

// A test of a sender: whenever something was seen, the part that changes is fetched anew. What is unfolded, scrolled to, marked or in focus stays so.
const live = document.getElementById("live");
if (live) {
  const reached = "a, button, summary, [tabindex]";
  const news = document.createElement("p");
  news.className = "hidden";
  news.setAttribute("role", "status");
  live.before(news);

  const isMarking = () => {
    const marked = getSelection();
    return !marked.isCollapsed && document.getElementById("live").contains(marked.anchorNode);
  };
  const replace = (fresh) => {
    const now = document.getElementById("live");
    for (const d of now.querySelectorAll("details[open]")) fresh.querySelector(`details[id="${d.id}"]`)?.setAttribute("open", "");
    const scrolled = [...now.querySelectorAll("pre")].map((p) => [p.scrollLeft, p.scrollTop]);
    const focused = [...now.querySelectorAll(reached)].indexOf(document.activeElement);
    const tag = document.activeElement?.tagName;
    now.replaceWith(document.adoptNode(fresh));
    for (const box of fresh.querySelectorAll(".copy")) addCopy(box);
    for (const [i, p] of [...fresh.querySelectorAll("pre")].entries()) p.scrollTo(...(scrolled[i] ?? [0, 0]));
    const twin = fresh.querySelectorAll(reached)[focused];
    if (twin?.tagName === tag) twin.focus({ preventScroll: true });
    const tally = fresh.querySelector("#tally")?.innerText.trim().split(/\s*\n\s*/).join(", ");
    if (tally && tally !== news.textContent) news.textContent = tally;
    const verdict = fresh.querySelector("[data-verdict]");
    if (verdict) document.title = `${document.title.split(" – ")[0]} – ${verdict.dataset.verdict}`;
  };

  let busy = false, again = false;
  const renew = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const response = await fetch(location.pathname, { cache: "no-store" });
      if (response.status === 404) { location.reload(); return; }
      if (!response.ok) return;
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("live");
      if (isMarking()) again = true; else replace(fresh);
    } finally {
      busy = false;
      if (again) { again = false; setTimeout(renew, 1000); }
    }
  };
  new EventSource(live.dataset.events).addEventListener("changed", renew);
}
