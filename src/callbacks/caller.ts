import { BlockList, isIP } from 'node:net';

/** Addresses and networks, such as `196.201.214.200` and `10.0.0.0/8`; both have passed the configuration's check. */
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
 * Who really called: the last address of `X-Forwarded-For` that no proxy of ours has put there. What a stranger writes into that
 * header stands before it and is never looked at.
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

/** An IPv4 address that came over an IPv6 socket, without its wrapping. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}
