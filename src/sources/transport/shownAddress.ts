/** A server's address without the user and password that a URL may carry: for sentences, lists, logs and the journal. */
export function shownAddress(address: string): string {
  return address.replace(/\/\/[^/?#]*@/, '//');
}
