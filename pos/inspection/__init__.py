"""For the inspection team (đoàn kiểm tra): goods on the floor with everything that lets them stand there."""
