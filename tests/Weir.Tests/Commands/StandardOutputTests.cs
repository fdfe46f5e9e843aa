// SPDX-License-Identifier: Apache-2.0
using Weir.Cli;
using Weir.Cli.Entry;

namespace Weir.Tests.Commands;

/// <summary>What a command shows may go to a disk that is full.</summary>
public sealed class StandardOutputTests
{
    [Fact]
    public void A_full_disk_is_said_in_one_line_and_ends_with_one()
    {
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
        using var writer = new StreamWriter(new StandardOutput(full)) { AutoFlush = true };
        var fault = Assert.Throws<OperatorException>(() => writer.Write("row"));
        Assert.Equal(ExitCode.Failed, fault.ExitCode);
        Assert.StartsWith("the output cannot be written", fault.Message, StringComparison.Ordinal);
    }
}
