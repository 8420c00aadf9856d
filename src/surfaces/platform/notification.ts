/**
 * A sentence as a notification shows it word for word. VS Code makes a link of `[words](address)` there, also one that
 * runs a command, and names and the server's own words must not become one.
 * Source: microsoft/vscode, src/vs/base/common/linkedText.ts.
 */
export function unlinked(sentence: string): string {
  return sentence.replaceAll('](', '] (');
}
