export const listsCases = true;
export const requests = [{ path: '/pass-on' }];
