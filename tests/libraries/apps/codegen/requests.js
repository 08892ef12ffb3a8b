export const codegen = true;
export const requests = [{ path: '/' }];
