// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace Weir.Collector.Digesting;

/// <summary>A file of bounded size that has no name from the moment it is open: nobody else can open it, and the system
/// takes it back when the process ends, however it ends. Sparse until it is used.</summary>
internal sealed class RingFile : IDisposable
{
    private readonly FileStream _file;

    /// <exception cref="IOException">The folder cannot be written; the message names it.</exception>
    public RingFile(string directory, long octets)
    {
        Octets = octets;
        var path = Path.Combine(directory, $".ring-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
        try
        {
            System.IO.Directory.CreateDirectory(directory);
            _file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            File.Delete(path);
            _file.SetLength(octets);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            throw new IOException($"the ring of raw flows cannot be kept in {directory}: {refused.Message}; give the "
                + "folder to this user or name another", refused);
        }
    }

    public long Octets { get; }

    public void Write(long offset, ReadOnlySpan<byte> octets) =>
        RandomAccess.Write(_file.SafeFileHandle, octets, offset);

    /// <exception cref="EndOfStreamException">The file is shorter than it was.</exception>
    public void Read(long offset, Span<byte> octets)
    {
        for (var done = 0; done < octets.Length;)
        {
            var read = RandomAccess.Read(_file.SafeFileHandle, octets[done..], offset + done);
            done += read > 0 ? read : throw new EndOfStreamException("the ring's file is shorter than it was");
        }
    }

    public void Dispose() => _file.Dispose();
}
