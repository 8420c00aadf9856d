import { Lexer } from 'yaml';

/** What the lexer puts before the text of a value, in which a `#` is no comment. */
const VALUE_FOLLOWS = '\u001f';

/** The comments of a YAML text in their order, each with its `#`. */
export function commentsIn(text: string): readonly string[] {
  const comments: string[] = [];
  let before = '';
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme.startsWith('#') && before !== VALUE_FOLLOWS) comments.push(lexeme.trimEnd());
    before = lexeme;
  }
  return comments;
}
