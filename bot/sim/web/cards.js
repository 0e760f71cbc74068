// Cards through Microsoft's own renderer where npm installed it, else through ours. Both call act(action, data).

import { markdown } from "/web/markdown.js";
import { renderPlain } from "/web/plain-cards.js";

function script(source) {
  return new Promise((resolve) => {
    const tag = document.createElement("script");
    tag.src = source;
    tag.onload = () => resolve(true);
    tag.onerror = () => resolve(false);
    document.head.append(tag);
  });
}

function renderOfficial(looks, card, theme, act) {
  const { AdaptiveCard, HostConfig } = window.AdaptiveCards;
  const shown = new AdaptiveCard();
  shown.hostConfig = new HostConfig(looks[theme]);
  shown.onExecuteAction = (action) => {
    const plain = { type: action.getJsonTypeName(), title: action.title, verb: action.verb, id: action.id, url: action.url };
    act(JSON.parse(JSON.stringify(plain)), action.data ?? {});
  };
  shown.parse(card);
  return shown.render() ?? renderPlain(card, act);
}

// Resolves to {official, render(card, theme, act)}.
export async function loadRenderer(forcePlain) {
  const official = !forcePlain && (await script("/web/adaptivecards.min.js"));
  if (!official) return { official, render: (card, _theme, act) => renderPlain(card, act) };
  const looks = await (await fetch("/web/hostconfig.json")).json();
  window.AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = markdown(text);
    result.didProcess = true;
  };
  return { official, render: (card, theme, act) => renderOfficial(looks, card, theme, act) };
}
