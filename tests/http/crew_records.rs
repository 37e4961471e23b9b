//! Records of the crew: the link that ties an account to one, and what is left of one that was archived long ago.

use crate::support::{PASSWORD, each_app, escaped, link_of, proof};
use regie::orgs::{CrewFilter, service as orgs};

#[tokio::test]
async fn a_join_link_names_the_address_that_the_account_gets() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let (cookie, base) = (test.cookie(&shop.owner.email).await, format!("/o/{}/crew", shop.org.slug));
        let new = "name=%C3%89lodie+Petit&email=elodie%40exemple.fr&phone=&job=&skills=";
        assert_eq!(test.browse("POST", &format!("{base}/new"), &cookie, new).await.status, 303);
        let id = test.number("SELECT id FROM crew_members WHERE name = 'Élodie Petit'").await;
        let mail_link = async |email: &str| {
            assert_eq!(test.browse("POST", &format!("{base}/{id}/link"), &cookie, "").await.status, 303);
            link_of(&test.mail_to(email).await)
        };
        let change = async |email: &str, job: &str| {
            let version = test.number("SELECT version FROM crew_members WHERE name = 'Élodie Petit'").await;
            let form = format!("name=%C3%89lodie+Petit&email={}&phone=&job={job}&skills=&version={version}", escaped(email));
            let changed = test.browse("POST", &format!("{base}/{id}"), &cookie, &form).await;
            assert_eq!(changed.status, 303, "{}", changed.text);
        };
        let link = mail_link("elodie@exemple.fr").await;
        // Past the form, which ends the link.
        test.change("UPDATE crew_members SET email = 'petit@exemple.fr' WHERE email = 'elodie@exemple.fr'").await;
        let page = test.get(&link).await.text;
        assert!(page.contains("elodie@exemple.fr") && !page.contains("petit@exemple.fr"), "{page}");

        change("elodie.petit@exemple.fr", "").await;
        assert_eq!(test.get(&link).await.status, 410, "it went to another address");
        let link = mail_link("elodie.petit@exemple.fr").await;
        change("elodie.petit@exemple.fr", "Plateau").await;
        let page = test.get(&link).await;
        assert!(page.status == 200 && page.text.contains("elodie.petit@exemple.fr"), "{}", page.text);
        let form = format!("name=%C3%89lodie&password={}", escaped(PASSWORD));
        assert_eq!(test.browse("POST", &link, "", &form).await.status, 303);
        assert_eq!(test.number("SELECT count(*) FROM accounts WHERE email = 'elodie.petit@exemple.fr'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn who_was_archived_long_ago_is_still_found_by_name_and_job() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let (cookie, base) = (test.cookie(&shop.owner.email).await, format!("/o/{}/crew", shop.org.slug));
        let new = "name=Awa+Diallo&email=awa%40exemple.fr&phone=0612345678&job=Cintri%C3%A8re&skills=";
        assert_eq!(test.browse("POST", &format!("{base}/new"), &cookie, new).await.status, 303);
        let id = test.number("SELECT id FROM crew_members WHERE name = 'Awa Diallo'").await;
        assert_eq!(test.browse("POST", &format!("{base}/{id}/archive"), &cookie, "archived=true").await.status, 303);
        test.change("UPDATE orgs SET retention_months = 1").await;
        let found = async |search: &str| {
            let filter = CrewFilter { search: Some(search.into()), archived: true, limit: 10, ..CrewFilter::default() };
            let sheets = orgs::list_crew(&test.app, proof(shop.org.id), &filter).await.unwrap();
            sheets.into_iter().map(|sheet| (sheet.person.name, sheet.person.email)).collect::<Vec<_>>()
        };
        assert_eq!(found("awa@exemple").await, [("Awa Diallo".to_owned(), Some("awa@exemple.fr".to_owned()))]);
        assert_eq!(orgs::forget_old_contacts(&test.app).await.unwrap(), 0);
        test.app.clock.advance_seconds(40 * 86_400);
        assert_eq!(orgs::forget_old_contacts(&test.app).await.unwrap(), 1);
        for search in ["cintriere", "Diallo"] {
            assert_eq!(found(search).await, [("Awa Diallo".to_owned(), None)], "{search}");
        }
        assert!(found("awa@exemple").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn lines_beyond_the_most_are_not_called_wrong() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let (cookie, path) = (test.cookie(&shop.owner.email).await, format!("/o/{}/crew/import", shop.org.slug));
        let preview =
            async |list: &str| test.browse("POST", &path, &cookie, &format!("step=preview&text={}", escaped(list))).await.text;
        let list: String = (0..503).map(|number| format!("Figurant {number}\n")).collect();
        let page = preview(&list).await;
        assert!(page.contains("3 lignes ne sont pas lues") && !page.contains("Corrigez"), "{page}");
        let page = preview(&format!("Ana;nope\n{list}")).await;
        assert!(page.contains("4 lignes ne sont pas lues") && page.contains("Une ligne ne sera pas ajoutée"), "{page}");
        let page = preview("Ana;nope\nBen\n").await;
        assert!(page.contains("Une ligne ne sera pas ajoutée") && !page.contains("pas lue"), "{page}");
    })
    .await;
}
