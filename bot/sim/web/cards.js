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

// Choices that the bot is asked for while somebody types. The renderer knows the value of its own choices only.
async function offerChoices(input, lookUp) {
  if (!input.isDynamicTypeahead?.()) return;
  const filter = input.getFilterForDynamicSearch();
  input.showLoadingIndicator();
  const known = new Set(input.choices.map((choice) => choice.value));
  const found = (await lookUp(input.choicesData.dataset, filter)).filter(({ value }) => !known.has(value));
  input.choices.push(...found.map(({ value, title }) => new window.AdaptiveCards.Choice(title, value)));
  input.renderChoices(filter, []);
}

function renderOfficial(looks, card, theme, act, lookUp) {
  const { AdaptiveCard, HostConfig } = window.AdaptiveCards;
  const shown = new AdaptiveCard();
  shown.hostConfig = new HostConfig(looks[theme]);
  shown.onExecuteAction = (action) => {
    const plain = { type: action.getJsonTypeName(), title: action.title, verb: action.verb, id: action.id, url: action.url };
    act(JSON.parse(JSON.stringify(plain)), action.data ?? {});
  };
  if (lookUp) shown.onInputValueChanged = (input) => offerChoices(input, lookUp);
  shown.parse(card);
  return shown.render() ?? renderPlain(card, act);
}

// Resolves to {official, render(card, theme, act, lookUp)}; lookUp(dataset, text) resolves to choices.
export async function loadRenderer(forcePlain) {
  const official = !forcePlain && (await script("/web/adaptivecards.min.js"));
  if (!official) return { official, render: (card, _theme, act) => renderPlain(card, act) };
  const looks = await (await fetch("/web/hostconfig.json")).json();
  window.AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = markdown(text);
    result.didProcess = true;
  };
  return { official, render: (card, theme, act, lookUp) => renderOfficial(looks, card, theme, act, lookUp) };
}
