export const requests = [{ path: '/string' }, { path: '/stream' }];
