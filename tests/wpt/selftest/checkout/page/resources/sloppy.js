assignedBySloppy = 1;
for (loopedBySloppy of [2]);
(() => {
  const arguments = [3];
  fromArguments = arguments[0];
})();
writtenInOctal = '\101\000\\101';
