import { BlockList, isIP } from 'node:net';

/** Addresses and networks, such as `196.201.214.200` and `10.0.0.0/8`. The configuration's check has passed both. */
export class Sources {
  private readonly list = new BlockList();
  readonly isEmpty: boolean;

  constructor(places: readonly string[]) {
    this.isEmpty = places.length === 0;
    for (const place of places) {
      const [address = '', prefix] = place.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (prefix === undefined) this.list.addAddress(address, family);
      else this.list.addSubnet(address, Number(prefix), family);
    }
  }

  has(address: string): boolean {
    const plain = plainAddress(address);
    const family = isIP(plain);
    return family !== 0 && this.list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  }
}

/**
 * The address of the sender: the last one of `X-Forwarded-For` that no trusted proxy has added. A stranger can write addresses
 * only before that one, and they are never read.
 */
export function callerOf(remote: string, forwarded: string | undefined, proxies: Sources): string {
  let caller = plainAddress(remote);
  const hops = (forwarded ?? '').split(',').map((hop) => hop.trim());
  while (proxies.has(caller)) {
    const hop = hops.pop();
    if (hop === undefined || hop === '') break;
    caller = plainAddress(hop);
  }
  return caller;
}

/** `::ffff:10.1.2.3`, as an IPv6 socket shows an IPv4 address, → `10.1.2.3`. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}
