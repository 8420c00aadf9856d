import type { CommandArguments, CommandId } from '../../contributions.ts';

/** A command with arguments that its own type allows. */
export type CommandLink = {
  readonly [Id in CommandId]: { readonly command: Id; readonly arguments: CommandArguments[Id] };
}[CommandId];

/** The address by which Markdown runs a command. Nothing in it can end the link that it stands in. */
export function commandUri({ command, arguments: values }: CommandLink): string {
  // encodeURIComponent leaves parentheses, which would end the link.
  const encoded = encodeURIComponent(JSON.stringify(values));
  return `command:${command}?${encoded.replaceAll('(', '%28').replaceAll(')', '%29')}`;
}
