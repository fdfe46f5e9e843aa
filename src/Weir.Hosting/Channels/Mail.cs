// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Weir.Hosting.Channels;

/// <summary>One mail, to one receiver.</summary>
public sealed record Mail
{
    /// <summary>Address of the sender, as <c>abuse@provider.example</c> or
    /// <c>Abuse desk &lt;abuse@provider.example&gt;</c>.</summary>
    public required string From { get; init; }

    /// <summary>Address of the receiver; never in a log.</summary>
    public required string To { get; init; }

    public required string Subject { get; init; }

    public required string Plain { get; init; }

    /// <summary>The same as HTML; empty for a plain mail.</summary>
    public string Html { get; init; } = "";

    /// <summary>BCP 47 tag: <c>en</c>, <c>de</c>.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Left part of the Message-ID; the same when the mail is sent again, so that a receiver can tell (RFC
    /// 5322 section 3.6.4).</summary>
    public required string Id { get; init; }

    /// <summary>Further parts beside the text: an XARF report.</summary>
    public ImmutableArray<MailAttachment> Attachments { get; init; } = [];
}

/// <summary>A file in a mail.</summary>
public sealed record MailAttachment(string Name, string Type, ImmutableArray<byte> Octets);

/// <summary>Gives a mail to the next station.</summary>
public interface IMailSender
{
    /// <returns>The station's last reply, as <c>250 2.0.0 queued as 4F2A</c>: the proof of delivery.</returns>
    /// <exception cref="ChannelException">It was not taken.</exception>
    Task<string> SendAsync(Mail mail, CancellationToken cancel);
}

/// <summary>Gives JSON to a web address or to a program of the provider.</summary>
public interface IMessageSender
{
    /// <returns>What it said: <c>200 OK</c>, <c>exit 0</c>.</returns>
    /// <exception cref="ChannelException">It was not taken.</exception>
    Task<string> SendAsync(ReadOnlyMemory<byte> json, CancellationToken cancel);
}
