import { everySelector } from '../../../lib/protocol/netfilter/nftables/selectors';

test('each selector stands at one place, which is remembered with it', () => {
  const selectors = everySelector().map(({ selector }) => selector);

  expect(new Set(selectors).size).toBe(selectors.length);
});
