assignedBySloppy = 1;
