extension DemoShop {
    /// Some 333,000 rows, 24 months of trade up to 2026-06-30, made from series: no clock, no random numbers.
    static let rows = #"""
        SET ROLE shop_owner;
        SET search_path = shop;

        INSERT INTO categories (name_fr, name_en, vat_rate) VALUES
            ('Table', 'Tableware', 0.200), ('Cuisine', 'Kitchen', 0.200), ('Linge de maison', 'Household linen', 0.200),
            ('Épicerie', 'Pantry', 0.055), ('Lecture', 'Books', 0.055);
        INSERT INTO categories (parent_id, name_fr, name_en, vat_rate) VALUES
            (1, 'Assiettes et bols', 'Plates and bowls', 0.200), (1, 'Verres et carafes', 'Glasses and carafes', 0.200), (1,
                'Couverts', 'Cutlery', 0.200),
            (2, 'Cuisson', 'Cookware', 0.200), (2, 'Couteaux et planches', 'Knives and boards', 0.200), (2, 'Thé et café',
                'Tea and coffee', 0.200),
            (3, 'Nappes et serviettes', 'Tablecloths and napkins', 0.200), (3, 'Torchons et tabliers',
                'Tea towels and aprons', 0.200),
            (4, 'Thés', 'Teas', 0.055), (4, 'Confitures', 'Jams', 0.055), (5, 'Livres de cuisine', 'Cookbooks', 0.055);

        INSERT INTO suppliers (name, address, lead_time, note)
        SELECT maker || ' ' || kind, ROW((7 + 11 * i) % 96 + 1 || CASE WHEN country = 'GB' THEN ' Mill Lane'
            ELSE ', rue des Ateliers' END,
                postal_code, city, country)::postal_address, make_interval(days => 3 + i * 5 % 40),
               CASE WHEN i % 6 = 0 THEN 'Fermé en août. Commander avant le 15 juillet.' WHEN i % 9 = 0
                   THEN 'Minimum order: £250' END
        FROM unnest(ARRAY['Kerbrat', 'Vasseur', 'Ashworth', 'Delmas', 'Hollis', 'Lantier', 'Pemberton', 'Roussel',
            'Whitcombe', 'Morvan',
                'Ferrand', 'Thackeray']) WITH ORDINALITY AS makers (maker, m),
             unnest(ARRAY['& fils', 'Pottery', 'Frères', 'Textiles']) WITH ORDINALITY AS kinds (kind, k),
             LATERAL (SELECT (m * 4 + k)::int) AS numbered (i),
             LATERAL (SELECT (ARRAY['44000', '87000', 'BA1 5AN', '59800', 'ST4 7QD'])[1 + i % 5], (ARRAY['Nantes', 'Limoges',
                 'Bath', 'Lille', 'Stoke-on-Trent'])[1 + i % 5],
                (ARRAY['FR', 'FR', 'GB', 'FR', 'GB'])[1 + i % 5]) AS places (postal_code, city, country)
        ORDER BY i;

        WITH nouns (category, fr, en, cents, makes) AS (VALUES
            (6, 'Assiette plate', 'Dinner plate', 1150, '{0,1,2,3}'::int[]), (6, 'Assiette à dessert', 'Side plate', 890,
                '{0,1,2,3}'),
            (6, 'Assiette creuse', 'Soup plate', 1190, '{0,1,2}'), (6, 'Bol', 'Bowl', 790, '{0,1,2,3}'),
            (6, 'Saladier', 'Salad bowl', 2950, '{0,1,2,5}'), (6, 'Plat de service', 'Serving dish', 3400, '{0,1,2}'),
            (6, 'Coquetier', 'Egg cup', 450, '{0,1,2}'), (6, 'Saucière', 'Gravy boat', 2380, '{1,2}'),
            (7, 'Verre à eau', 'Tumbler', 620, '{4,5}'), (7, 'Verre à vin', 'Wine glass', 980, '{4,5}'),
            (7, 'Carafe', 'Carafe', 2650, '{0,4,5}'), (7, 'Flûte', 'Champagne flute', 1090, '{4}'), (7, 'Pichet', 'Jug', 2190,
                '{0,2,4,5}'),
            (8, 'Couteau de table', 'Table knife', 740, '{6,7}'), (8, 'Fourchette', 'Fork', 540, '{6,7}'),
            (8, 'Cuillère à soupe', 'Soup spoon', 540, '{6,7}'), (8, 'Couverts à salade', 'Salad servers', 2480, '{6,7,10}'),
            (9, 'Cocotte', 'Casserole', 11900, '{0,8}'), (9, 'Poêle', 'Frying pan', 5450, '{6,8,9}'),
            (9, 'Casserole', 'Saucepan', 4780, '{6,9}'), (9, 'Plat à gratin', 'Baking dish', 3650, '{0,2,3,8}'),
            (10, 'Couteau de chef', 'Chef''s knife', 7900, '{6,7}'), (10, 'Couteau à pain', 'Bread knife', 4650, '{6,7}'),
            (10, 'Planche à découper', 'Chopping board', 3280, '{10}'), (11, 'Théière', 'Teapot', 4250, '{0,1,8}'),
            (11, 'Cafetière à piston', 'Coffee press', 3890, '{0,5,6}'), (11, 'Tasse et soucoupe', 'Cup and saucer', 1480,
                '{0,1,2}'),
            (11, 'Mug', 'Mug', 1120, '{0,1,2}'), (11, 'Sucrier', 'Sugar bowl', 1650, '{0,1,2}'), (12, 'Nappe', 'Tablecloth',
                5900, '{11,12,13}'),
            (12, 'Serviette de table', 'Napkin', 890, '{11,12,13}'), (12, 'Chemin de table', 'Table runner', 2790,
                '{11,12,13}'),
            (13, 'Torchon', 'Tea towel', 990, '{11,12,13}'), (13, 'Tablier', 'Apron', 3150, '{11,12,13}'),
            (13, 'Gant de cuisine', 'Oven glove', 1450, '{12,13}'), (13, 'Manique', 'Pot holder', 790, '{11,12}')
        ), makes (n, fr, en, factor, shades) AS (VALUES
            (0, 'en grès', 'in stoneware', 1.0, '{0,1,2,3,4,5,7}'::int[]), (1, 'en porcelaine', 'in porcelain', 1.35,
                '{0,1,6,9}'),
            (2, 'en faïence', 'in earthenware', 0.9, '{0,1,2,3,6,9}'), (3, 'en terre cuite', 'in terracotta', 0.8, '{3,5,8}'),
            (4, 'en verre soufflé', 'in mouth-blown glass', 1.6, '{2,8,9}'), (5, 'en verre recyclé', 'in recycled glass',
                0.85, '{1,2,8}'),
            (6, 'en acier inoxydable', 'in stainless steel', 1.0, '{7,8}'), (7, 'à manche d''olivier',
                'with olive-wood handle', 1.45, '{8}'),
            (8, 'en fonte', 'in cast iron', 1.2, '{1,4,7,9}'), (9, 'en cuivre', 'in copper', 1.9, '{8}'), (10, 'en chêne',
                'in oak', 1.1, '{7,8}'),
            (11, 'en lin lavé', 'in washed linen', 1.25, '{0,1,2,3,4,6,8,9}'), (12, 'en coton', 'in cotton', 0.8,
                '{0,1,2,3,4,6,7,9}'),
            (13, 'en métis', 'in linen union', 1.0, '{0,2,4,8,9}')
        ), shades (n, fr, en) AS (VALUES
            (0, 'blanc cassé', 'off-white'), (1, 'bleu de Sèvres', 'Sèvres blue'), (2, 'vert sauge', 'sage green'), (3,
                'ocre', 'ochre'),
            (4, 'gris ardoise', 'slate grey'), (5, 'terre d''ombre', 'umber'), (6, 'rose poudré', 'powder pink'), (7,
                'noir mat', 'matt black'),
            (8, 'naturel', 'natural'), (9, 'bordeaux', 'burgundy')
        ), items AS (
            SELECT row_number() OVER (ORDER BY nouns.category, nouns.cents, nouns.en COLLATE "C", makes.n, shades.n,
                sizes.n)::int AS i,
                   nouns.category, nouns.cents * sizes.factor AS cents, makes.factor, shades.fr AS shade,
                       shades.en AS shade_en,
                   nouns.fr || sizes.fr || ' ' || makes.fr || ', ' || shades.fr AS fr, nouns.en || sizes.en || ' '
                       || makes.en || ', ' || shades.en AS en
            FROM nouns JOIN makes ON makes.n = ANY (nouns.makes) JOIN shades ON shades.n = ANY (makes.shades)
                 CROSS JOIN (VALUES (0, '', '', 1.0), (1, ' (grand modèle)', ' (large)', 1.4)) AS sizes (n, fr, en, factor)
        )
        INSERT INTO products (sku, category_id, supplier_id, name_fr, name_en, net, vat_rate, colours, details, on_sale_since,
            withdrawn)
        SELECT format('MV-%s-%s', lpad(category::text, 2, '0'), lpad(i::text, 4, '0')), category, 1 + i * 7 % 48, fr, en,
               floor(cents * factor * (90 + i * 13 % 25) / 10000) + 0.90 - 0.40 * (i % 3 / 2), 0.200, ARRAY[shade, shade_en],
               jsonb_build_object('weight_g', 80 + (cents * (3 + i % 5) / 10)::int, 'dishwasher', i % 4 > 0, 'box',
                   jsonb_build_array(10 + i % 30, 8 + i % 22, 4 + i % 18),
                   'origin', (ARRAY['France', 'Portugal', 'England', 'Japan'])[1 + i % 4]),
               '2021-03-01'::date + i * 17 % 1400, i % 41 = 0
        FROM items ORDER BY i;
        WITH flavours (category, fr, en, cents) AS (VALUES
            (14, 'Earl Grey à la bergamote de Calabre', 'Earl Grey with Calabrian bergamot', 890), (14,
                'Darjeeling de printemps', 'First-flush Darjeeling', 1450), (14, 'Sencha', 'Sencha', 1180), (14,
                'Lapsang souchong', 'Lapsang souchong', 990),
            (14, 'Verveine du Velay', 'Lemon verbena', 790), (14, 'Rooibos à l''orange', 'Orange rooibos', 750), (15,
                'Confiture de mirabelles', 'Mirabelle plum jam', 640), (15, 'Marmelade d''oranges amères',
                'Seville orange marmalade', 620),
            (15, 'Gelée de coings', 'Quince jelly', 690), (15, 'Confiture de rhubarbe', 'Rhubarb jam', 590), (16,
                'Cent soupes', 'A Hundred Soups', 2200), (16, 'Le pain chez soi', 'Bread at Home', 2600), (16,
                'Légumes d''hiver', 'Winter Vegetables', 1990)
        )
        INSERT INTO products (sku, category_id, supplier_id, name_fr, name_en, net, vat_rate, details, on_sale_since)
        SELECT format('MV-%s-%s%s', category, upper(left(md5(en), 4)), size), category, 1 + (cents + size) % 48, fr ||
            CASE WHEN category < 16 THEN format(', %s g', size * 50) ELSE format(', tome %s', size) END,
               en || CASE WHEN category < 16 THEN format(', %s g', size * 50) ELSE format(', volume %s', size) END,
                   cents * (1 + size) / 2 / 100.0, 0.055, jsonb_build_object('weight_g', size * 50),
                   '2022-09-01'::date + cents % 500
        FROM flavours, unnest(ARRAY[1, 2, 5]) AS size ORDER BY en COLLATE "C", size;

        INSERT INTO customers (first_name, last_name, email, speaks, born, joined, newsletter, points)
        SELECT first, last, format('%s.%s%s@%s', translate(lower(first), 'àâäéèêëîïôöùûüç''- ', 'aaaeeeeiioouuuc'),
            translate(lower(last), 'àâäéèêëîïôöùûüç''- ', 'aaaeeeeiioouuuc'), i,
               (ARRAY['courriel.example', 'post.example', 'mail.example', 'boite.example'])[1 + i % 4]),
               CASE WHEN f <= 36 THEN 'fr' ELSE 'en' END::language, CASE WHEN i % 3 > 0
                   THEN '1941-01-15'::date + i * 379 % 23500 END,
               '2022-01-03 07:00+00'::timestamptz + i * interval '97 minutes' + i * 31 % 600 * interval '1 second', i % 5 < 2,
                   i * 37 % 1900
        FROM generate_series(1, 20000) AS i,
             LATERAL (SELECT 1 + i * 41 % 64, 1 + (i * 59 + i / 64) % 72) AS picked (f, l),
             LATERAL (SELECT (ARRAY['Camille', 'Léa', 'Manon', 'Chloé', 'Inès', 'Jeanne', 'Agathe', 'Zoé', 'Margaux',
                 'Apolline', 'Élise', 'Noémie', 'Lucas', 'Hugo', 'Jules', 'Gabriel', 'Arthur', 'Nathan', 'Maël', 'Théo',
                 'Côme', 'Yann', 'François', 'Anne-Sophie',
                'Jean-Baptiste', 'Hélène', 'Sylvie', 'Bernard', 'Monique', 'Gérard', 'Aïcha', 'Karim', 'Fatou', 'Mehdi',
                    'Thu Trang', 'Aurélien', 'Emily', 'Oliver', 'Amelia', 'George', 'Isla', 'Harry', 'Ava', 'Noah', 'Grace',
                    'Jack', 'Freya', 'Charlie',
                'Poppy', 'Alfie', 'Harriet', 'Rupert', 'Niamh', 'Siobhán', 'Callum', 'Rhys', 'Priya', 'Imran', 'Olivia',
                    'Thomas', 'Eleanor', 'William', 'Beatrice', 'Edmund'])[f],
                (ARRAY['Martin', 'Bernard', 'Dubois', 'Durand', 'Moreau', 'Lefèvre', 'Mercier', 'Guérin', 'Boyer', 'Garnier',
                    'Chevalier', 'François', 'Legrand', 'Gauthier', 'Perrin', 'Le Goff', 'Kermarrec', 'D''Hondt',
                    'Vandenberghe', 'Peeters', 'Nguyễn',
                'Benali', 'Diallo', 'Traoré', 'Haddad', 'Da Silva', 'Fernandes', 'Müller', 'Rossi', 'Lévy', 'Cohen',
                    'Marchand', 'Delacroix', 'Beaumont', 'Saint-Léger', 'Aubry', 'Smith', 'Jones', 'Taylor', 'Brown',
                    'Davies', 'Evans', 'Wilson', 'Johnson', 'Roberts',
                'Wright', 'Thompson', 'Walker', 'Hughes', 'Edwards', 'Green', 'Clarke', 'O''Brien', 'O''Connor', 'McCarthy',
                    'MacDonald', 'Patel', 'Khan', 'Ahmed', 'Singh', 'Fitzgerald', 'Ashworth', 'Hollis', 'Bell', 'Shaw',
                    'Gray', 'Fox', 'Webb', 'Holt', 'Lowe', 'Pryce', 'Yeo'])[l]) AS names (first, last)
        ORDER BY i;

        INSERT INTO addresses (customer_id, label, address)
        SELECT id, CASE WHEN n = 0 THEN 'home' WHEN id % 2 = 0 THEN 'work' ELSE 'maman' END,
               ROW(CASE WHEN speaks = 'fr' THEN 1 + id * 7 % 140 || (ARRAY[', rue ', ', avenue ', ', place ',
                   ', impasse '])[1 + (id + n) % 4]
                       || (ARRAY['des Tilleuls', 'du Général-Leclerc', 'de la République', 'Jean-Jaurès', 'des Lilas',
                           'de l''Église', 'Victor-Hugo', 'du Moulin', 'de Verdun'])[1 + (id / 4 + n) % 9]
                   ELSE 1 + id * 5 % 120 || ' ' || (ARRAY['Victoria', 'Mill', 'Station', 'Church', 'Queen''s', 'Orchard',
                       'Park', 'Albert', 'Kingsley'])[1 + (id / 4 + n) % 9]
                       || (ARRAY[' Road', ' Street', ' Lane', ' Terrace'])[1 + (id + n) % 4] END, postal_code, city,
                           country)::postal_address
        FROM customers CROSS JOIN generate_series(0, 1) AS n,
             LATERAL (SELECT CASE WHEN speaks = 'fr' THEN (id * 3 + n) % 10
                 ELSE 10 + (id * 3 + n) % 6 END::int) AS picked (p),
             LATERAL (SELECT (ARRAY['44000', '75011', '69003', '33000', '35000', '59800', '67000', '31000', '29200', 'B-1050',
                 'BA1 5AN', 'BS6 6QR', 'M20 2GH', 'EH3 6QY', 'LS6 3AA', 'D06 X2K4'])[1 + p],
                (ARRAY['Nantes', 'Paris', 'Lyon', 'Bordeaux', 'Rennes', 'Lille', 'Strasbourg', 'Toulouse', 'Brest', 'Ixelles',
                    'Bath', 'Bristol', 'Manchester', 'Edinburgh', 'Leeds', 'Dublin'])[1 + p],
                (ARRAY['FR', 'FR', 'FR', 'FR', 'FR', 'FR', 'FR', 'FR', 'FR', 'BE', 'GB', 'GB', 'GB', 'GB', 'GB',
                    'IE'])[1 + p]) AS places (postal_code, city, country)
        WHERE n = 0 OR id % 10 < 3
        ORDER BY id, n;

        INSERT INTO promotions (code, running, percent)
        SELECT (ARRAY['SOLDES', 'SUMMER', 'RENTREE', 'MAISON', 'CADEAUX', 'NOEL', 'SOLDES', 'WINTER', 'BLANC', 'PRINTEMPS',
            'MAISON', 'FETES'])[1 + i % 12] || to_char(d, 'YYMM'), daterange(d, d + 12), 5 + i % 5 * 5
        FROM generate_series(0, 23) AS i,
            LATERAL (SELECT ('2024-07-04'::date + make_interval(months => i))::date) AS starts (d);

        INSERT INTO orders (placed, customer_id, state, ship_to, promotion, shipping, remark)
        SELECT placed, customer, CASE WHEN i > 44960 THEN (ARRAY['placed', 'paid', 'paid', 'shipped'])[1 + i % 4]
            WHEN i % 37 = 0 THEN 'cancelled' WHEN i % 53 = 0 THEN 'refunded' ELSE 'delivered' END::order_state,
               a.address, p.code, CASE WHEN i % 3 = 0 THEN 0 ELSE 5.90 END,
               CASE WHEN i % 9 > 0 THEN NULL WHEN (a.address).country IN ('FR', 'BE')
                   THEN (ARRAY['Laisser chez la gardienne, merci !', 'Emballage cadeau, s''il vous plaît', 'Code porte 12A45',
                       'Fragile'])[1 + i / 9 % 4]
                   ELSE (ARRAY['Please leave with a neighbour.', 'Ring twice',
                       'A gift: no invoice in the parcel, please'])[1 + i / 9 % 3] END
        FROM generate_series(1, 45000) AS i
             CROSS JOIN LATERAL (SELECT '2024-07-01 05:12+00'::timestamptz
                    + make_interval(secs => floor(63072000 * (power(i / 45000.0::float8,
                        0.9) + 0.012 * sin(i / 45000.0::float8 * 12.566) * -1)) + i * 7919 % 600),
                        500001 + (i::bigint * 15485863 % 20000)) AS picked (placed, customer)
             JOIN addresses a ON a.customer_id = customer AND a.label = 'home'
             LEFT JOIN promotions p ON p.running @> placed::date AND i % 4 = 1
        ORDER BY i;

        INSERT INTO order_lines (order_id, placed, line, product_id, quantity, unit)
        SELECT o.id, o.placed, n, p.id, 1 + (o.id + n * 3) % 7 * ((o.id + n) % 5) / 5,
            round(p.gross * (100 - coalesce(m.percent, 0)) / 100, 2)
        FROM orders o LEFT JOIN promotions m ON m.code = o.promotion CROSS JOIN generate_series(1, 6) AS n
             JOIN products p ON p.id = 1001 + (o.id * 6151 + n * 389) % 965
        WHERE n <= 1 + o.id * 7 % 6;

        INSERT INTO payments (order_id, placed, method, amount, paid, reference)
        SELECT o.id, o.placed, (ARRAY['card', 'card', 'card', 'paypal', 'card', 'bank transfer', 'card',
            'gift card'])[1 + o.id % 8]::payment_method, o.shipping + sum(l.amount),
               o.placed + o.id % 400 * interval '7 seconds', upper(substr(md5('payment' || o.id), 1, 16))
        FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.state NOT IN ('placed', 'cancelled') GROUP BY o.id,
            o.placed, o.shipping ORDER BY o.id;

        INSERT INTO stock_movements (product_id, moved, quantity, reason)
        SELECT p.id, '2024-06-20 06:00+00'::timestamptz + n * interval '26 days' + p.id % 600 * interval '61 seconds',
            CASE WHEN n % 7 = 6 THEN -(1 + p.id % 3) ELSE 12 + p.id * n % 60 END,
               CASE WHEN n % 7 = 6 THEN (ARRAY['casse', 'inventory', 'échantillon'])[1 + p.id % 3] ELSE 'delivery' END
        FROM products p CROSS JOIN generate_series(0, 27) AS n WHERE NOT p.withdrawn ORDER BY n, p.id;

        INSERT INTO reviews (product_id, customer_id, stars, written, speaks, body, answer)
        SELECT l.product_id, o.customer_id, stars, o.placed + interval '9 days' + o.id % 5000 * interval '3 minutes',
            c.speaks,
               CASE WHEN c.speaks = 'fr' THEN
                   (ARRAY['Déçue.', 'Correct, sans plus.', 'Bien dans l''ensemble.', 'Très content de mon achat.',
                       'Une merveille !'])[stars] || ' '
                   || (ARRAY['La couleur est exactement celle des photos', 'Un peu plus petit que je ne pensais',
                       'L''émail a un éclat superbe à la lumière', 'Passe au lave-vaisselle sans broncher',
                       'On sent le travail de l''artisan',
                       'Le colis est arrivé en deux jours', 'Offert à ma sœur pour sa crémaillère',
                           'Le bord est ébréché d''origine', 'Troisième commande, même qualité'])[1 + o.id * 5 % 9]
                   || (ARRAY['.', ', et l''emballage sans plastique est appréciable.', ' ; je recommande.',
                       ', dommage pour le prix.', ', vivement les soldes.'])[1 + o.id % 5]
               ELSE
                   (ARRAY['Disappointed.', 'Fair enough.', 'Good overall.', 'Very pleased with it.',
                       'An absolute joy!'])[stars] || ' '
                   || (ARRAY['The colour is just as pictured', 'Slightly smaller than I expected',
                       'The glaze catches the light beautifully', 'Survives the dishwasher',
                       'You can tell it was made by hand',
                       'Arrived within two days', 'A wedding present for my niece', 'It came with a chip on the rim',
                           'My third order, same quality'])[1 + o.id * 5 % 9]
                   || (ARRAY['.', ', and no plastic in the parcel.', '; would buy again.', ', though a little dear.',
                       ', roll on the sales.'])[1 + o.id % 5]
               END,
               CASE WHEN stars = 1 THEN CASE c.speaks WHEN 'fr'
                   THEN 'Nous sommes désolés : un échange vous a été proposé par courriel.'
                   ELSE 'We are sorry: we have written to you about an exchange.' END END
        FROM orders o JOIN order_lines l ON l.order_id = o.id AND l.line = 1 JOIN customers c ON c.id = o.customer_id,
            LATERAL (SELECT (ARRAY[5, 4, 5, 3, 5, 4, 2, 5, 4, 1, 5])[1 + o.id % 11]) AS given (stars)
        WHERE o.state = 'delivered' AND o.id * 3 % 7 < 2 ORDER BY o.id;

        INSERT INTO carts SELECT id, jsonb_build_array(jsonb_build_object('product', 1001 + id % 965, 'quantity', 1)),
            '2026-06-30 18:00+00' FROM customers WHERE id % 80 = 0;

        -- Pictures do not compress: bytes from a digest stand for them.
        INSERT INTO product_photos (product_id, position, caption, thumbnail)
        SELECT p.id, n, CASE n WHEN 1 THEN p.name_fr WHEN 2 THEN p.name_en END, '\xffd8ffe000104a4649460001'::bytea
            || string_agg(sha256(convert_to(p.id || '/' || n || '/' || i, 'UTF8')), ''::bytea ORDER BY i)
        FROM products p CROSS JOIN generate_series(1, 2) AS n CROSS JOIN generate_series(1, 40) AS i WHERE p.id % 3 = 0
            GROUP BY p.id, n, p.name_fr, p.name_en;

        RESET ROLE;
        RESET search_path;
        """#
}
