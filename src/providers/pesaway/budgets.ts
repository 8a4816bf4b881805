/** Every request: no limit is documented for any of them [assumed]. */
export const REQUESTS = 'requests';
