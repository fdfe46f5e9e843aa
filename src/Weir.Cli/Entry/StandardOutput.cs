// SPDX-License-Identifier: Apache-2.0
//
// What a command shows goes to a disk as often as to a screen, and a disk may be full. That is a fault of the place and
// not of the program: it is said in one line, and the exit code tells a script that what it holds is not whole. A
// reader that has seen enough and left (head, less) is none.
using System.Text;

namespace Weir.Cli.Entry;

/// <summary>Standard output, whose faults are said as any other fault of the operator's is.</summary>
/// <param name="to">Where it goes.</param>
internal sealed class StandardOutput(Stream to) : Stream
{
    /// <summary>Has everything that is shown go this way.</summary>
    public static void Guard() => Console.SetOut(new StreamWriter(
        new StandardOutput(Console.OpenStandardOutput()), new UTF8Encoding(false)) { AutoFlush = true });

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            to.Write(buffer);
        }
        catch (IOException fault)
        {
            throw new OperatorException(
                $"the output cannot be written, so it is not whole: {fault.Message}", ExitCode.Failed);
        }
    }

    public override void Flush() => to.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
