// Comfort only: every page works without this file.
"use strict";

for (const box of document.querySelectorAll(".copy")) {
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
}

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
