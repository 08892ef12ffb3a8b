export const requests = [{ path: '/render' }, { path: '/alive' }];
