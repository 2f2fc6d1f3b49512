/** V8's heap is of pages of so many bytes. */
export const V8_PAGE_BYTES = 262_144;

/** The number of the page in which an address is. */
export const pageOf = (address: number): number => Math.floor(address / V8_PAGE_BYTES);
