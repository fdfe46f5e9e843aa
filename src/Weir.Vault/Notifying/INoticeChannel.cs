// SPDX-License-Identifier: Apache-2.0
namespace Weir.Vault.Notifying;

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
