export const requests = [{ path: '/' }];
