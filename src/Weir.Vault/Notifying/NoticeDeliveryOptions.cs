// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Notices;
using Weir.Hosting.Channels;

namespace Weir.Vault.Notifying;

/// <summary>Who speaks to customers, and how often.</summary>
public sealed record NoticeDeliveryOptions
{
    /// <summary>The provider's name, as customers know it.</summary>
    public required string Provider { get; init; }

    /// <summary>Number to call.</summary>
    public required string Phone { get; init; }

    /// <summary>The provider's own page about notices, to be typed by hand by who doubts a mail.</summary>
    public required string Page { get; init; }

    /// <summary>Language where a contact names none.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Notices sent within a minute; further ones wait.</summary>
    public int MaxPerMinute { get; init; } = 120;

    /// <summary>How long one delivery may take. Who gives up before the station's last reply (RFC 5321 section
    /// 4.5.3.2.6) sends twice.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(12);
}

/// <summary>A notice as it is sent.</summary>
/// <param name="Id">Stands for case and step to who has the case's key; the same when it is sent again.</param>
/// <param name="Step">As <see cref="Weir.Contracts.Notices.NoticeNames"/> writes it.</param>
/// <param name="Line">What the provider's records call the line, for a way that finds the customer by it.</param>
/// <param name="Subject">Of the mail.</param>
/// <param name="Plain">The text.</param>
/// <param name="Html">The same as HTML.</param>
public sealed record RenderedNotice(string Id, string Step, string Line, string Subject, string Plain, string Html);

/// <summary>A way to the customer.</summary>
public interface INoticeChannel
{
    /// <summary><c>mail</c>, <c>webhook</c>, <c>script</c>.</summary>
    string Name { get; }

    /// <summary>Whether it can reach somebody.</summary>
    bool Reaches(CustomerContact contact);

    /// <returns>What the next station said.</returns>
    /// <exception cref="Weir.Hosting.Channels.ChannelException">It was not taken.</exception>
    Task<string> SendAsync(CustomerContact contact, RenderedNotice letter, CancellationToken cancel);
}

/// <summary>What the vault has for notices.</summary>
/// <param name="Contacts">How customers are reached.</param>
/// <param name="Terms">Who tells; null where notices are not configured.</param>
/// <param name="Way">How it goes; null where notices are not configured.</param>
public sealed record NoticeDeliveryDependencies(
    CustomerContactFile Contacts, NoticeDeliveryOptions? Terms, INoticeChannel? Way);
