// SPDX-License-Identifier: Apache-2.0
//
// The seam to a disk: append, sync, rename, and nothing that cannot be simulated. What was not synced may be gone, in
// part and in any order, after a loss of power; what was written survives the death of the process.
namespace Weir.Hosting.Files;

/// <summary>A folder of small names, held by one process. Members throw <see cref="IOException"/> or
/// <see cref="UnauthorizedAccessException"/> where the disk refuses.</summary>
public interface IDurableFolder
{
    /// <summary>How to call the folder in a message.</summary>
    string Place { get; }

    /// <summary>Names of the files, in ordinal order.</summary>
    IReadOnlyList<string> Names();

    /// <summary>Opens a file to read and append; makes an empty one where it is missing.</summary>
    IDurableFile OpenFile(string name);

    /// <summary>Gives a file another name, in place of whatever had it.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file; one that is missing is removed already.</summary>
    void Delete(string name);

    /// <summary>Makes durable which names there are.</summary>
    void Sync();
}

/// <summary>An open file. Reading and writing at once is safe; two writers are not.</summary>
public interface IDurableFile : IDisposable
{
    /// <summary>Octets in the file.</summary>
    long Length { get; }

    /// <summary>Reads from a place; fewer octets than asked for only at the end.</summary>
    int Read(long at, Span<byte> into);

    /// <summary>Writes at a place, the end or before it.</summary>
    void Write(long at, ReadOnlySpan<byte> octets);

    /// <summary>Cuts the file after so many octets.</summary>
    void Cut(long length);

    /// <summary>Makes the content durable.</summary>
    void Sync();
}
