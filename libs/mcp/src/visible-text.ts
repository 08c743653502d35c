/** Unicode's control, format, surrogate, private-use and default-ignorable characters; line feed and tab are no trick. */
const hidden = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** The same without the joiners and the variation selector that words and emoji are written with. */
const hiddenInAnswers =
  /(?!\n|\t|\r|\u200C|\u200D|\uFE0F)[\p{Cc}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}]/gu;
const unpairedEnd = /[\uD800-\uDBFF]$/;

/**
 * Text for a model about a tool: without characters that a person can't see, which carry instructions past a reviewer.
 * @param max in UTF-16 code units
 */
export const visibleText = (text: string, max: number): string =>
  cut(cut(text, max * 4).replace(hidden, ''), max).trim();

/** An answer's text: joiners and emoji stay, text direction controls and tag characters go. @param max as above */
export const answerText = (text: string, max: number): string =>
  cut(cut(text, max * 4).replace(hiddenInAnswers, ''), max);

/** Whether a name or value would look like another one. */
export const hasHiddenCharacters = (text: string): boolean => text.search(hidden) >= 0;

const cut = (text: string, max: number): string =>
  text.length <= max ? text : text.slice(0, max).replace(unpairedEnd, '');
