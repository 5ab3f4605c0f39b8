"""Small files of the lake, wherever Hadoop can reach it: S3 in production, a folder in tests."""

from __future__ import annotations

from pyspark.sql import SparkSession


class Files:
    """Paths are relative to `root`."""

    def __init__(self, spark: SparkSession, root: str) -> None:
        self._jvm = spark.sparkContext._jvm
        self._root = root.rstrip('/')
        self._fs = self._path('').getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())

    def address(self, path: str) -> str:
        return f'{self._root}/{path}' if path else self._root

    def names(self, folder: str) -> list[str]:
        """Sorted; none when the folder is not there."""
        path = self._path(folder)
        return sorted(status.getPath().getName() for status in self._fs.listStatus(path)) if self._fs.exists(path) else []

    def exists(self, path: str) -> bool:
        return self._fs.exists(self._path(path))

    def age_hours(self, path: str, now: float) -> float:
        return (now * 1000 - self._fs.getFileStatus(self._path(path)).getModificationTime()) / 3_600_000

    def read(self, path: str) -> str:
        stream = self._fs.open(self._path(path))
        try:
            return self._jvm.org.apache.commons.io.IOUtils.toString(stream, 'UTF-8')
        finally:
            stream.close()

    def write_new(self, path: str, text: str) -> None:
        """Whole or not at all; refuses to replace what is there."""
        unfinished = self._path(f'{path}.unfinished')
        stream = self._fs.create(unfinished, True)
        stream.write(bytearray(text.encode('utf-8')))
        stream.close()
        if self.exists(path) or not self._fs.rename(unfinished, self._path(path)):
            raise RuntimeError(f'{self.address(path)} is there already: another job writes to this lake; run one at a time')

    def remove(self, path: str) -> None:
        self._fs.delete(self._path(path), True)

    def _path(self, path: str):
        return self._jvm.org.apache.hadoop.fs.Path(self.address(path))
