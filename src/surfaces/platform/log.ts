/** Where the extension reports what it does; never given tokens, certificates or headers. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string | Error): void;
}
