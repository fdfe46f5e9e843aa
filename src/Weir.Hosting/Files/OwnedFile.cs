// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Files;

/// <summary>Files that their owner alone may write, so that nobody else answers for what they say.</summary>
internal static class OwnedFile
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <exception cref="InvalidDataException">Others may write it.</exception>
    /// <exception cref="IOException">It is not there; so may <see cref="UnauthorizedAccessException"/> say.</exception>
    public static void Require(string path)
    {
        if ((File.GetUnixFileMode(path) & OthersWrite) != 0)
        {
            throw new InvalidDataException(
                $"{path} may be written by others than its owner; chmod go-w {path}, and look who changed it");
        }
    }
}
