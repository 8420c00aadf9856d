/** Controls, of which terminals make commands, and marks that nobody sees but that turn or join what stands beside them. */
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]/u;
const EACH_INVISIBLE = new RegExp(INVISIBLE, 'gu');
const EACH_BUT_LINE_ENDS = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const REPLACEMENT = '\ufffd';

/** One line of which a reader sees every character: what is invisible, line ends included, becomes U+FFFD. */
export function visibleLine(text: string): string {
  return INVISIBLE.test(text) ? text.replace(EACH_INVISIBLE, REPLACEMENT) : text;
}

/** As `visibleLine`, for text of several lines. */
export function visibleText(text: string): string {
  return INVISIBLE.test(text) ? text.replace(EACH_BUT_LINE_ENDS, REPLACEMENT) : text;
}
