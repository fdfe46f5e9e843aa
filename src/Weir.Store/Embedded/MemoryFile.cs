// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Weir.Store.Embedded;

/// <summary>
/// A file that lives in memory (memfd_create(2)): binary rows put inline behind a query are cut short by the engine,
/// so what arrives over the socket is handed to it as <c>/proc/self/fd/N</c>.
/// </summary>
internal sealed partial class MemoryFile : IDisposable
{
    private const uint CloseOnExec = 1;

    private readonly SafeFileHandle _handle;

    public MemoryFile()
    {
        var descriptor = memfd_create("weir-insert", CloseOnExec);
        if (descriptor < 0)
        {
            throw new IOException($"no memory file for an insert: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}");
    }

    public string Path { get; }

    /// <summary>Copies all of <paramref name="body"/> into the file.</summary>
    /// <returns>Octets copied.</returns>
    public async Task<long> FillAsync(Stream body, CancellationToken cancel)
    {
        var buffer = new byte[256 * 1024];
        long length = 0;
        int read;
        while ((read = await body.ReadAsync(buffer, cancel)) > 0)
        {
            RandomAccess.Write(_handle, buffer.AsSpan(0, read), length);
            length += read;
        }

        return length;
    }

    public void Dispose() => _handle.Dispose();

#pragma warning disable SA1300, IDE1006 // libc's name
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);
#pragma warning restore SA1300, IDE1006
}
