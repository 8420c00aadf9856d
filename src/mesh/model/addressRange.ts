/** Whether a list of ranges such as `10.0.0.0/8,192.168.1.7/32` holds an IPv4 address; `*` holds all. */
export function isInRanges(address: string, ranges: string): boolean {
  const value = numberOf(address);
  return ranges.split(',').some((item) => {
    const range = item.trim();
    if (range === '*' || range === address) return true;
    const [base = '', bits = '32'] = range.split('/');
    const start = numberOf(base);
    if (value === undefined || start === undefined || !/^\d+$/.test(bits)) return false;
    const size = 2 ** (32 - Math.min(32, Number(bits)));
    return Math.floor(value / size) === Math.floor(start / size);
  });
}

/** An IPv4 address as a number; undefined for anything else. */
function numberOf(address: string): number | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return parts.reduce((value, part) => value * 256 + Number(part), 0);
}
